"""What goes in and out. Input is only parsed here; what it must fulfil stands in the actions."""

from typing import Any

from rest_framework import serializers

from storage.access.cards import FindingCard, PatientCard, ShareCard
from storage.states import MalwareScan, ObjectState, SharePurpose, ShareState
from storage.wording import REASONS


class PatientInput(serializers.Serializer[Any]):
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    born_on = serializers.DateField()
    identifier = serializers.CharField()


class ShareInput(serializers.Serializer[Any]):
    """expires_at: an instant with its offset; at most a year away."""

    membership_id = serializers.UUIDField()
    purpose = serializers.CharField()
    expires_at = serializers.DateTimeField()


class OrganisationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation_name")


class PatientOutput(serializers.Serializer[PatientCard]):
    id = serializers.UUIDField(source="patient_id")
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    born_on = serializers.DateField()
    identifier = serializers.CharField()
    organisation = OrganisationOutput(source="*")


class FolderOutput(PatientOutput):
    """guarded_by: the department whose people alone open the folder, "" where everybody does who treats."""

    guarded_by = serializers.CharField()


class PatientsOutput(serializers.Serializer[Any]):
    results = PatientOutput(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


class ShareOutput(serializers.Serializer[ShareCard]):
    """state: as of now. revoked_at: null unless somebody has ended it before its time."""

    id = serializers.UUIDField(source="share_id")
    finding_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    name = serializers.CharField(source="recipient")
    organisation = OrganisationOutput(source="*")
    purpose = serializers.ChoiceField(choices=[purpose.value for purpose in SharePurpose])
    state = serializers.ChoiceField(choices=[state.value for state in ShareState])
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class InstanceOutput(serializers.Serializer[Any]):
    """Of the image; null where the file has none."""

    rows = serializers.IntegerField(allow_null=True)
    columns = serializers.IntegerField(allow_null=True)
    frames = serializers.IntegerField(allow_null=True)


class FindingOutput(serializers.Serializer[FindingCard]):
    """reason: a stable code, "" unless rejected; reason_text: its sentence.

    kind: `dicom`, or `document` of the `media_type`.
    name: of the file, "" outside its organisation. modality, description: "" until clean.
    study_on, study_time: of the study, by the clock of the device's hospital; a file may give only the day.
    timezone_offset: of that clock from UTC (DICOM 0008,0201, `-0500`), "" where the file does not say.
    shares: to whom it is open or was, only for the organisation whose finding it is.
    share: through which the caller sees it, null within that organisation.
    """

    id = serializers.UUIDField(source="finding_id")
    patient = PatientOutput()
    state = serializers.ChoiceField(choices=[state.value for state in ObjectState])
    reason = serializers.CharField()
    reason_text = serializers.SerializerMethodField()
    kind = serializers.SerializerMethodField()
    media_type = serializers.CharField()
    name = serializers.CharField(source="file_name")
    modality = serializers.CharField(source="attributes.modality", default="")
    description = serializers.CharField(source="attributes.description", default="")
    study_on = serializers.DateField(allow_null=True)
    study_time = serializers.TimeField(allow_null=True)
    timezone_offset = serializers.CharField(source="attributes.timezone_offset", default="")
    instance = InstanceOutput(source="attributes", allow_null=True)  # type: ignore[assignment]  # a field, not the attribute: the metaclass keeps them apart
    malware_scan = serializers.ChoiceField(choices=[scan.value for scan in MalwareScan], allow_null=True)
    size_bytes = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    shares = ShareOutput(many=True)
    share = ShareOutput(allow_null=True)

    def get_reason_text(self, finding: FindingCard) -> str:
        return str(REASONS.get(finding.reason, ""))

    def get_kind(self, finding: FindingCard) -> str:
        return "document" if finding.is_document else "dicom"


class FindingsOutput(serializers.Serializer[Any]):
    results = FindingOutput(many=True)


def parsed(shape: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    """Parse input into the keyword arguments of an action.

    Raises:
        rest_framework.exceptions.ValidationError: a field is missing or malformed.
    """
    serializer = shape(data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
