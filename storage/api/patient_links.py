"""/api/v1/patients/<id>/sign-in: a patient's own access, for clinicians; /api/v1/me: for the patient."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import mail
from identity.access import actor_of
from identity.states import IdentityDocument, IdentityLevel, InvitationState, WithdrawalReason
from storage import access, actions
from storage.api.shapes import OrganisationOutput, ShareOutput, parsed


class LevelOutput(serializers.Serializer[Any]):
    """checked_by, checked_at, document: of the check in person; empty without one."""

    level = serializers.ChoiceField(choices=[one.value for one in IdentityLevel])
    document = serializers.CharField()
    checked_by = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)


class PatientInvitationOutput(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[one.value for one in InvitationState])
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    expired = serializers.BooleanField()
    wrong_codes = serializers.IntegerField()


class SignInOutput(serializers.Serializer[Any]):
    """level: null while nobody signs in for this record. invitation: the newest one."""

    level = LevelOutput(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    invitation = PatientInvitationOutput(allow_null=True)


class InviteInput(serializers.Serializer[Any]):
    email = serializers.EmailField(required=False, allow_blank=True)


class PatientInvitedOutput(serializers.Serializer[Any]):
    """link and code are shown this once; hand them over on different ways."""

    link = serializers.CharField()
    code = serializers.CharField()
    expires_at = serializers.DateTimeField()


class DocumentInput(serializers.Serializer[Any]):
    document = serializers.ChoiceField(choices=[one.value for one in IdentityDocument])


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(
        choices=[one.value for one in WithdrawalReason if one != WithdrawalReason.ENDED]
    )


class SignIn(APIView):
    @extend_schema(operation_id="patients_sign_in", responses=SignInOutput)
    def get(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Where a patient's own access stands."""
        found = access.sign_in_standing(by=actor_of(request), patient_id=patient_id)
        return Response(SignInOutput(found).data)


class PatientInvitation(APIView):
    @extend_schema(operation_id="patients_invite", request=InviteInput, responses={201: PatientInvitedOutput})
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Invite a patient; an earlier invitation holds no longer. 409 if the patient signs in already."""
        made = actions.invite_to_record(
            by=actor_of(request), patient_id=patient_id, **parsed(InviteInput, request.data)
        )
        shown = {
            "link": mail.patient_link_of(made.token),
            "code": made.code,
            "expires_at": made.invitation.expires_at,
        }
        return Response(PatientInvitedOutput(shown).data, status=201)

    @extend_schema(operation_id="patients_withdraw_invitation", responses={204: None})
    def delete(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Withdraw the invitation that nobody has taken up."""
        actions.withdraw_invitation(by=actor_of(request), patient_id=patient_id)
        return Response(status=204)


class Identity(APIView):
    @extend_schema(operation_id="patients_confirm_identity", request=DocumentInput, responses={204: None})
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """The patient was here with an identity document. Needs a fresh second factor."""
        actions.confirm_patient(
            by=actor_of(request), patient_id=patient_id, **parsed(DocumentInput, request.data)
        )
        return Response(status=204)


class IdentityWithdrawal(APIView):
    @extend_schema(operation_id="patients_withdraw_identity", request=ReasonInput, responses={204: None})
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Take the check in person back."""
        actions.withdraw_confirmation(
            by=actor_of(request), patient_id=patient_id, **parsed(ReasonInput, request.data)
        )
        return Response(status=204)


class EndOfAccess(APIView):
    @extend_schema(operation_id="patients_end_sign_in", request=ReasonInput, responses={204: None})
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """End the patient's own access, at once."""
        actions.end_patient_access(
            by=actor_of(request), patient_id=patient_id, **parsed(ReasonInput, request.data)
        )
        return Response(status=204)


class OwnRecordOutput(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField(source="patient.patient_id")
    organisation = OrganisationOutput(source="patient")
    identifier = serializers.CharField(source="patient.identifier")
    level = LevelOutput()
    since = serializers.DateTimeField()


class OwnRecordsOutput(serializers.Serializer[Any]):
    results = OwnRecordOutput(many=True)


class OwnShareOutput(serializers.Serializer[Any]):
    """owner: the hospital whose finding it is."""

    owner = OrganisationOutput(source="finding.patient")
    description = serializers.CharField(source="finding.attributes.description", default="")
    study_on = serializers.DateField(source="finding.study_on", allow_null=True)
    share = ShareOutput()


class OwnSharesOutput(serializers.Serializer[Any]):
    results = OwnShareOutput(many=True)


class OwnRecords(APIView):
    for_patients = True

    @extend_schema(operation_id="me_records", responses=OwnRecordsOutput)
    def get(self, request: Request) -> Response:
        """Which hospitals keep a record of the acting patient, and how sure they are of who signs in."""
        return Response(OwnRecordsOutput({"results": access.own_records(by=actor_of(request))}).data)


class OwnShares(APIView):
    for_patients = True

    @extend_schema(operation_id="me_shares", responses=OwnSharesOutput)
    def get(self, request: Request) -> Response:
        """What of the acting patient's findings is open to people of other hospitals now."""
        return Response(OwnSharesOutput({"results": access.own_shares(by=actor_of(request))}).data)


class OwnShareRevocation(APIView):
    for_patients = True

    @extend_schema(operation_id="me_shares_revoke", request=None, responses=ShareOutput)
    def post(self, request: Request, share_id: uuid.UUID) -> Response:
        """End the sharing of one of the acting patient's findings, at once."""
        return Response(ShareOutput(actions.revoke_own_share(by=actor_of(request), share_id=share_id)).data)
