"""Organisations and their departments."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from identity.states import (
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
