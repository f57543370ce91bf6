"""The shapes of the API of cases, marks and legal holds."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from identity.access import DEVICE_SIGNATURE_CHARACTERS
from identity.serializers import InstantField
from messaging.access import CaseView, HoldCard, HoldNote, MarkView, RecordedView, Retention
from messaging.access.marked import MarkedMessage
from messaging.states import (
    BUNDLE_CHARACTERS,
    HOLD_REASON_CHARACTERS,
    CaseOutcome,
    CaseState,
    KeptFrom,
    WaiverReason,
)

CASE_STATES = [state.value for state in CaseState]
OUTCOMES = [outcome.value for outcome in CaseOutcome]
WAIVERS = [reason.value for reason in WaiverReason]
KEPT_FROM = [begins.value for begins in KeptFrom]


class CaseOrganisationAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation_name")


class CaseAnswer(serializers.Serializer[CaseView]):
    """`organisation`: whose case it is; `may_close`: whether the reader closes it and opens it again."""

    state = serializers.ChoiceField(choices=CASE_STATES)
    organisation = CaseOrganisationAnswer(source="*")
    opened_at = InstantField()
    closed_at = InstantField(allow_null=True)
    closed_by = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(choices=OUTCOMES, allow_blank=True)
    has_patient = serializers.BooleanField()
    may_close = serializers.BooleanField()


class HoldNoteAnswer(serializers.Serializer[HoldNote]):
    organisation = serializers.CharField(source="organisation_name")
    since = InstantField()


class RetentionAnswer(serializers.Serializer[Retention]):
    days = serializers.IntegerField()
    begins = serializers.ChoiceField(choices=KEPT_FROM)
    ends_at = InstantField(allow_null=True, help_text="when all messages of a closed case expire")
    holds = HoldNoteAnswer(many=True, help_text="legal holds; while there is one, nothing expires")
    expired_seq = serializers.IntegerField(
        help_text="messages up to here have expired, but for those in `marks`; delete what you keep of them"
    )


class MarkAnswer(serializers.Serializer[MarkView]):
    message_id = serializers.UUIDField()
    own = serializers.BooleanField(help_text="marked by the reader's organisation, which may waive it")


class RecordedAnswer(serializers.Serializer[RecordedView]):
    message_id = serializers.UUIDField()
    organisation = serializers.CharField(source="organisation_name")
    by = serializers.CharField(source="recorded_by")
    at = InstantField(source="recorded_at")
    finding_id = serializers.UUIDField(
        allow_null=True, help_text="where it is read; null for other hospitals"
    )
    examined = serializers.BooleanField(
        help_text="whether its documents were found sound; if they are refused instead, the message is marked again"
    )


class ExportRequest(serializers.Serializer[Any]):
    """`bundle`: a FHIR R4 document in canonical form (RFC 8785), without its signature. `signature`: a JWS of the session's
    device over it, detached (RFC 7515 appendix F), ES256, with its certificates as `x5c`."""

    bundle = serializers.CharField(max_length=BUNDLE_CHARACTERS, trim_whitespace=False)
    signature = serializers.CharField(max_length=DEVICE_SIGNATURE_CHARACTERS)


class CloseRequest(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=OUTCOMES)


class RecordRequest(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField(allow_null=True)


class MarkRequest(serializers.Serializer[Any]):
    message_id = serializers.UUIDField()
    object_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="of the file that the message carries"
    )


class WaiverRequest(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=WAIVERS)


class CasePatientAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="patient_id")
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    born_on = serializers.DateField()
    identifier = serializers.CharField()
    organisation = CaseOrganisationAnswer(source="*")


class CaseFindingAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="finding_id")
    modality = serializers.CharField(source="attributes.modality", default="")
    description = serializers.CharField(source="attributes.description", default="")
    study_on = serializers.DateField(allow_null=True)


class CaseAuthorAnswer(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    name = serializers.CharField(source="person_name")
    organisation = CaseOrganisationAnswer(source="*")


class MarkedAnswer(serializers.Serializer[MarkedMessage]):
    """What a document for the record has to say of a message: by whom, of which hospital, and when the service took it."""

    message_id = serializers.UUIDField()
    author = CaseAuthorAnswer(source="*")
    at = InstantField()
    is_patient = serializers.BooleanField(
        help_text="the case's patient wrote it: then the sender in the document is its Patient"
    )


class CasePageAnswer(serializers.Serializer[Any]):
    patient = serializers.SerializerMethodField()
    findings = CaseFindingAnswer(many=True)
    marked = MarkedAnswer(
        many=True, help_text="marked by the reader's organisation; for who opens the patient's whole folder"
    )
    names_record = serializers.BooleanField(
        help_text="whether the reader says which record the case is about"
    )
    folder = serializers.BooleanField(help_text="whether the reader opens the patient's whole folder")

    @extend_schema_field(CasePatientAnswer(allow_null=True))
    def get_patient(self, page: Any) -> Any:
        return CasePatientAnswer(page.patient).data if page.patient else None


class HoldRequest(serializers.Serializer[Any]):
    """On one conversation, or on all of one person: exactly one of the two."""

    group_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    person_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=HOLD_REASON_CHARACTERS)


class LiftRequest(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=HOLD_REASON_CHARACTERS)


class HoldAnswer(serializers.Serializer[HoldCard]):
    id = serializers.UUIDField(source="hold_id")
    group_id = serializers.UUIDField(allow_null=True)
    person_id = serializers.UUIDField(allow_null=True)
    person = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    placed_by = serializers.CharField()
    placed_at = InstantField()
    lifted_by = serializers.CharField(allow_blank=True)
    lifted_at = InstantField(allow_null=True)
    lifted_reason = serializers.CharField(allow_blank=True)


class HoldsAnswer(serializers.Serializer[Any]):
    results = HoldAnswer(many=True)
