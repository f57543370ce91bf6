"""Organisations and their departments."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from identity.states import (
    ConnectionType,
    OrganisationKind,
    Speciality,
)
from medicus.lib.ids import new_id


class Organisation(models.Model):
    """A hospital, clinic, practice or data holder (FHIR Organization)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in OrganisationKind])
    domain = models.CharField(max_length=160, unique=True)
    city = models.CharField(max_length=100, blank=True)
    telematik_id = models.CharField(max_length=128, blank=True, help_text="as the organisation states it")
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    ca_certificate = models.BinaryField(
        help_text="X.509 DER, issued by the root, name-constrained to `domain`"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")), name="organisation_domain_is_lower_case"
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrganisationKind.OPERATOR.value) | Q(verified_at__isnull=True),
                name="operator_is_in_no_directory",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=OrganisationKind.OPERATOR.value), name="operator_only_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of an organisation, with its speciality (FHIR HealthcareService)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)
    speciality = models.CharField(max_length=40, choices=[(item.value, item.value) for item in Speciality])
    closed_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=254, blank=True, help_text="of the identity management")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(closed_at__isnull=True),
                name="department_name_once_per_organisation",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Endpoint(models.Model):
    """An address at which the organisation's systems are reached (FHIR Endpoint): told, never called from here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="endpoints")
    connection_type = models.CharField(
        max_length=20, choices=[(item.value, item.value) for item in ConnectionType]
    )
    name = models.CharField(max_length=100, blank=True, help_text="what it is for, in the hospital's words")
    address = models.CharField(max_length=300, help_text="as a URL")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "connection_type", "address"], name="endpoint_once_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection_type} of {self.organisation_id}"
