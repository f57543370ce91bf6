"""People, their places in organisations, and how they are invited."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from identity.models.organisation import Department, Organisation
from identity.names import full_name
from identity.states import (
    Function,
    ImportState,
    Speciality,
)
from medicus.lib.ids import new_id


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=username)


class Person(AbstractBaseUser):
    """A human being with one sign-in. Works through memberships; see `Membership`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True, help_text="lower case")
    title = models.CharField(max_length=50, blank=True, help_text="Dr. med., Prof. Dr. …")
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    search_name = models.CharField(max_length=500, help_text="see `identity.names.search_form`")
    language = models.CharField(max_length=5, default="de")
    is_active = models.BooleanField(default=True)
    auth_version = models.PositiveIntegerField(default=1, help_text="raising it ends every session")
    created_at = models.DateTimeField()
    languages_stated_at = models.DateTimeField(
        null=True, blank=True, help_text="when the languages were last stated"
    )
    languages_stated_by = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the hospital that stated them, until the person does; empty: the person",
    )

    objects = PersonManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(languages_stated_by=None) | Q(languages_stated_at__isnull=False),
                name="languages_of_a_hospital_have_a_day",
            ),
        ]
        indexes = [models.Index(fields=["search_name"], name="person_by_name")]

    @property
    def name(self) -> str:
        return full_name(self.title, self.given_name, self.family_name)

    def __str__(self) -> str:
        return self.name


class PeopleImport(models.Model):
    """A list of people that an administrator has uploaded, and the job that makes them.

    This row is the truth, and the message that a worker gets a hint; `lease_until` is as in `storage.Job`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="null: the service itself"
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(item.value, item.value) for item in ImportState])
    rows = models.JSONField(help_text="`identity.staff_csv.Row`s; emptied when it is over")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list, help_text="the rows whose address was taken meanwhile")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="people_import_does_no_row_twice"),
            models.CheckConstraint(
                condition=Q(state=ImportState.CHECKED.value, lease_until=None, finished_at=None)
                | Q(
                    state__in=[ImportState.QUEUED.value, ImportState.RUNNING.value],
                    lease_until__isnull=False,
                    finished_at=None,
                )
                | Q(
                    state__in=[ImportState.DONE.value, ImportState.FAILED.value, ImportState.UNDONE.value],
                    lease_until=None,
                    finished_at__isnull=False,
                ),
                name="people_import_waits_or_has_a_lease_or_is_over",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=[ImportState.QUEUED.value, ImportState.RUNNING.value]),
                name="people_import_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.id}, {self.state}"


class Membership(models.Model):
    """A person's place in an organisation (FHIR PractitionerRole), valid for a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    function = models.CharField(max_length=30, choices=[(item.value, item.value) for item in Function])
    is_admin = models.BooleanField(default=False)
    speciality = models.CharField(
        max_length=40,
        blank=True,
        choices=[(item.value, item.value) for item in Speciality],
        help_text="one's own; empty: that of the department",
    )
    telematik_id = models.CharField(max_length=128, blank=True, help_text="as the organisation states it")
    stated_at = models.DateTimeField(
        null=True, blank=True, help_text="when speciality, sub-specialities or Telematik-ID were last stated"
    )
    stated_by_import = models.BooleanField(
        default=False, help_text="a list or the identity management stated them last, no administrator"
    )
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(
        null=True, blank=True, help_text="by an administrator, who may undo it"
    )
    people_import = models.ForeignKey(
        PeopleImport, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    user_name = models.CharField(
        max_length=254, blank=True, help_text="of the identity management; empty: the e-mail address"
    )
    external_id = models.CharField(max_length=254, blank=True, help_text="of the identity management")
    deprovisioned_at = models.DateTimeField(
        null=True, blank=True, help_text="removed by the identity management, which sees it no more"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], name="membership_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                "organisation",
                Lower("user_name"),
                condition=~Q(user_name="") & Q(deprovisioned_at=None),
                name="membership_user_name_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(function=Function.PATIENT, is_admin=True), name="patient_is_never_admin"
            ),
        ]

    @property
    def shown_speciality(self) -> str:
        """One's own, or else that of the department; empty for none."""
        of_department = self.department.speciality if self.department else Speciality.NONE
        shown = self.speciality or of_department
        return "" if shown == Speciality.NONE else shown

    def __str__(self) -> str:
        return f"membership {self.id}"
