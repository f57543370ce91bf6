"""The shapes of registration, checklist and applications."""

from typing import Any

from rest_framework import serializers

from identity.access import StepState
from identity.serializers import InstantField
from identity.states import APPLYING, ApplicationState, DomainOutcome, EvidenceKind

ORGANISATION_KINDS = [kind.value for kind in APPLYING]
EVIDENCE_KINDS = [kind.value for kind in EvidenceKind]
APPLICATION_STATES = [state.value for state in ApplicationState]
STEP_STATES = [state.value for state in StepState]
OUTCOMES = [outcome.value for outcome in DomainOutcome]


class RegistrationRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=ORGANISATION_KINDS)
    domain = serializers.CharField(max_length=160)
    city = serializers.CharField(max_length=100)
    given_name = serializers.CharField(max_length=100)
    family_name = serializers.CharField(max_length=100)
    email = serializers.EmailField(help_text="in the domain; of the first administrator")
    language = serializers.ChoiceField(choices=["de", "en"], required=False, default="de")


class StepAnswer(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    who = serializers.CharField(help_text="who acts")
    state = serializers.ChoiceField(choices=STEP_STATES)
    text = serializers.CharField()


class ChecklistAnswer(serializers.Serializer[Any]):
    steps = StepAnswer(many=True)


class ShareAnswer(serializers.Serializer[Any]):
    key = serializers.CharField()
    count = serializers.IntegerField()
    percent = serializers.IntegerField()


class OpenItemAnswer(serializers.Serializer[Any]):
    key = serializers.CharField()
    count = serializers.IntegerField()


class DayAnswer(serializers.Serializer[Any]):
    on = serializers.DateField()
    sign_ins = serializers.IntegerField()


class FiguresAnswer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    administrators = serializers.IntegerField()
    devices = serializers.IntegerField()
    factors = ShareAnswer(many=True)
    open_items = OpenItemAnswer(many=True)
    days = DayAnswer(many=True)
    sign_ins = serializers.IntegerField()


class OwnApplicationAnswer(serializers.Serializer[Any]):
    """What an organisation sees of its application. record_name, record_value: the TXT record to enter."""

    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    domain = serializers.CharField()
    state = serializers.ChoiceField(choices=APPLICATION_STATES)
    submission = serializers.IntegerField(help_text="how often it was submitted")
    record_name = serializers.CharField()
    record_value = serializers.CharField()
    domain_outcome = serializers.ChoiceField(choices=OUTCOMES, allow_blank=True)
    domain_checked_at = InstantField(allow_null=True)
    domain_proven_at = InstantField(allow_null=True)
    evidence_kind = serializers.ChoiceField(choices=EVIDENCE_KINDS, allow_blank=True)
    evidence_reference = serializers.CharField()
    evidence_note = serializers.CharField()
    submitted_at = InstantField(allow_null=True)
    checked_at = InstantField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    decline_reason = serializers.CharField()


class ApplicationAnswer(OwnApplicationAnswer):
    """What an operator sees: also who did what."""

    city = serializers.CharField()
    created_at = InstantField()
    administrator = serializers.CharField()
    email = serializers.CharField()
    begun = serializers.BooleanField()
    submitted_by = serializers.CharField()
    checked_by = serializers.CharField()
    check_note = serializers.CharField()
    decided_by = serializers.CharField()


class QueueAnswer(serializers.Serializer[Any]):
    waiting = ApplicationAnswer(many=True)
    preparing = ApplicationAnswer(many=True)
    decided = ApplicationAnswer(many=True)


class EvidenceRequest(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EVIDENCE_KINDS)
    reference = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DecisionRequest(serializers.Serializer[Any]):
    submission = serializers.IntegerField(min_value=0, help_text="the one that was looked at")


class CheckRequest(DecisionRequest):
    note = serializers.CharField(max_length=1000, help_text="what was checked, and where")


class DeclineRequest(DecisionRequest):
    reason = serializers.CharField(max_length=1000)
