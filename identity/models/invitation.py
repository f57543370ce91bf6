"""The links with which people are invited: once, until they expire, in the browser that opened them first."""

import uuid

from django.db import models
from django.db.models import F, Q

from identity.models.organisation import Organisation
from identity.models.person import Membership, Person
from identity.states import IdentityDocument, InvitationState, WithdrawalReason
from medicus.lib.ids import new_id

MOST_WRONG_CODES = 5
"""After so many a patient's invitation is void: whoever has only the link does not guess the code."""

_UNDECIDED = [InvitationState.OPEN.value, InvitationState.BEGUN.value]


def _begun_by_a_browser() -> Q:
    return (
        Q(state=InvitationState.OPEN.value, browser_hash=None, begun_at=None, ended_at=None)
        | Q(
            state=InvitationState.BEGUN.value,
            browser_hash__isnull=False,
            begun_at__isnull=False,
            ended_at=None,
        )
        | Q(
            state=InvitationState.ACCEPTED.value,
            browser_hash__isnull=False,
            begun_at__isnull=False,
            ended_at__isnull=False,
        )
        | Q(state=InvitationState.REVOKED.value, ended_at__isnull=False)
    )


class InvitationLink(models.Model):
    """What every invitation is: a link that is opened in one browser, used once, and ends."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=10, choices=[(item.value, item.value) for item in InvitationState])
    token_hash = models.BinaryField(
        max_length=32, unique=True, help_text="SHA-256 of what stands in the link"
    )
    browser_hash = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the browser's cookie")
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"invitation {self.id}"


class Invitation(InvitationLink):
    """A link with which a member of staff, who has an account already, sets a password."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="invitations")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_begun_by_a_browser(), name="invitation_is_begun_by_a_browser_before_it_is_accepted"
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(state__in=_UNDECIDED),
                name="invitation_open_once_per_membership",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_ends_after_it_begins"
            ),
        ]

    @property
    def where(self) -> Organisation:
        return self.membership.organisation

    @property
    def organisation_key(self) -> uuid.UUID:
        return self.membership.organisation_id

    @property
    def about(self) -> str:
        """Whom the log names."""
        return f"person/{self.membership.person_id}"


class PatientInvitation(InvitationLink):
    """A link to a patient's record, which opens nothing without the code that travels another way.

    Who takes it up is known only then: an account is made, or one that is there gets the record."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    patient_id = models.UUIDField(help_text="the record in `storage`, which alone knows whose it is")
    code_hash = models.BinaryField(max_length=32, help_text="a keyed hash of invitation and code")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, related_name="+", help_text="of who has accepted it"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_begun_by_a_browser(),
                name="patient_invitation_is_begun_by_a_browser_before_it_is_accepted",
            ),
            models.UniqueConstraint(
                fields=["patient_id"],
                condition=Q(state__in=_UNDECIDED),
                name="patient_invitation_open_once_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="patient_invitation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(wrong_codes__lte=MOST_WRONG_CODES),
                name="patient_invitation_bears_few_wrong_codes",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.ACCEPTED.value, membership__isnull=False)
                | (~Q(state=InvitationState.ACCEPTED.value) & Q(membership=None)),
                name="patient_invitation_has_a_membership_once_accepted",
            ),
        ]
        indexes = [models.Index(fields=["patient_id", "-created_at"], name="patient_invitation_by_patient")]

    @property
    def where(self) -> Organisation:
        return self.organisation

    @property
    def organisation_key(self) -> uuid.UUID:
        return self.organisation_id

    @property
    def about(self) -> str:
        """Whom the log names."""
        return f"patient/{self.patient_id}"


class IdentityCheck(models.Model):
    """A clinician has compared a patient, in person, with an identity document. No number of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="identity_checks")
    document = models.CharField(max_length=20, choices=[(one.value, one.value) for one in IdentityDocument])
    checked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=20, blank=True, choices=[(one.value, one.value) for one in WithdrawalReason]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(withdrawn_at=None),
                name="identity_check_holds_once_per_membership",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")),
                name="identity_check_is_withdrawn_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"identity check {self.id}"
