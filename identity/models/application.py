"""How an organisation proves who it is, and which two people of the platform have looked."""

from django.db import models
from django.db.models import F, Q

from identity.models.organisation import Organisation
from identity.models.person import Person
from identity.states import ApplicationState, DomainOutcome, EvidenceKind
from medicus.lib.ids import new_id

_DECIDED = [ApplicationState.APPROVED.value, ApplicationState.DECLINED.value]


class Application(models.Model):
    """An organisation's application to be verified. Every organisation but the operator's own has one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="application")
    state = models.CharField(max_length=10, choices=[(item.value, item.value) for item in ApplicationState])
    submissions = models.PositiveIntegerField(
        default=0, help_text="how often it was submitted: an operator decides on what they have seen"
    )
    domain_token = models.CharField(max_length=43, help_text="what the TXT record must hold; no secret")
    domain_outcome = models.CharField(
        max_length=15, blank=True, choices=[(item.value, item.value) for item in DomainOutcome]
    )
    domain_checked_at = models.DateTimeField(null=True, blank=True)
    domain_proven_at = models.DateTimeField(
        null=True, blank=True, help_text="when the record was last seen; empty since it was seen to be gone"
    )
    evidence_kind = models.CharField(
        max_length=20, blank=True, choices=[(item.value, item.value) for item in EvidenceKind]
    )
    evidence_reference = models.CharField(max_length=200, blank=True)
    evidence_note = models.CharField(max_length=1000, blank=True)
    submitted_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    check_note = models.CharField(max_length=1000, blank=True, help_text="what was checked, and how")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[item.value for item in ApplicationState]),
                name="application_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.APPROVED.value)
                | (
                    Q(checked_by__isnull=False, decided_by__isnull=False, domain_proven_at__isnull=False)
                    & ~Q(checked_by=F("decided_by"))
                ),
                name="application_is_approved_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.CHECKED.value)
                | (Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(check_note="")),
                name="application_check_says_who_and_what",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.DECLINED.value) | ~Q(decline_reason=""),
                name="application_is_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED) | Q(decided_at__isnull=False),
                name="application_decision_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="application_queue")]

    def __str__(self) -> str:
        return f"application of {self.organisation_id}, {self.state}"
