"""/api/v1/patients/{id}/guard, /api/v1/emergency-accesses and their reviews"""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from storage import access, actions
from storage.access import EmergencyCard, Sought
from storage.api.shapes import FolderOutput, parsed
from storage.states import EmergencyReason, ReviewState


class EmergencyInput(serializers.Serializer[Any]):
    """number, or family_name and born_on. account: why, in 10 to 1,000 characters."""

    number = serializers.CharField(default="", allow_blank=True)
    family_name = serializers.CharField(default="", allow_blank=True)
    born_on = serializers.DateField(default=None, allow_null=True)
    reason = serializers.CharField()
    account = serializers.CharField(allow_blank=True)


class ReviewInput(serializers.Serializer[Any]):
    """state: `justified` or `unjustified`. note: what was found, in 10 to 1,000 characters."""

    state = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class EmergencyOutput(serializers.Serializer[EmergencyCard]):
    """patient_id: for who has the access while it lasts. number: of the patient. state: of the review."""

    id = serializers.UUIDField(source="emergency_id")
    patient_id = serializers.UUIDField()
    number = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.ChoiceField(choices=[reason.value for reason in EmergencyReason])
    account = serializers.CharField()
    begun_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=[state.value for state in ReviewState])
    reviewed_by = serializers.CharField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()


class EmergenciesOutput(serializers.Serializer[Any]):
    results = EmergencyOutput(many=True)


class Guard(APIView):
    @extend_schema(operation_id="patients_guard", request=None, responses=FolderOutput)
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Protect a folder for one's own department. 409 if it is protected, or one works in no department."""
        return Response(FolderOutput(actions.guard_patient(by=actor_of(request), patient_id=patient_id)).data)


class Release(APIView):
    @extend_schema(operation_id="patients_release", request=None, responses=FolderOutput)
    def post(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Lift the protection of a folder. 409 if there is none."""
        return Response(
            FolderOutput(actions.release_patient(by=actor_of(request), patient_id=patient_id)).data
        )


class EmergencyAccesses(APIView):
    @extend_schema(operation_id="emergency_accesses_list", responses=EmergenciesOutput)
    def get(self, request: Request) -> Response:
        """One's own, the latest first."""
        return Response(EmergenciesOutput({"results": access.own_emergencies(by=actor_of(request))}).data)

    @extend_schema(
        operation_id="emergency_accesses_begin", request=EmergencyInput, responses={201: EmergencyOutput}
    )
    def post(self, request: Request) -> Response:
        """Open a protected folder of one's own hospital for an hour. Needs a fresh second factor."""
        asked = parsed(EmergencyInput, request.data)
        begun = actions.begin_emergency_access(
            by=actor_of(request),
            sought=Sought(asked["number"], asked["family_name"], asked["born_on"]),
            reason=asked["reason"],
            account=asked["account"],
        )
        return Response(EmergencyOutput(begun).data, status=201)


class EmergencyEnd(APIView):
    @extend_schema(operation_id="emergency_accesses_end", request=None, responses=EmergencyOutput)
    def post(self, request: Request, emergency_id: uuid.UUID) -> Response:
        """End one's own access before its time. 409 if it is over."""
        ended = actions.end_emergency_access(by=actor_of(request), emergency_id=emergency_id)
        return Response(EmergencyOutput(ended).data)


class EmergencyReviews(APIView):
    @extend_schema(operation_id="emergency_reviews_list", responses=EmergenciesOutput)
    def get(self, request: Request) -> Response:
        """Those of the organisation, for its administrators: open ones first."""
        return Response(
            EmergenciesOutput({"results": access.emergencies_to_review(by=actor_of(request))}).data
        )


class EmergencyReview(APIView):
    @extend_schema(operation_id="emergency_reviews_close", request=ReviewInput, responses=EmergencyOutput)
    def post(self, request: Request, emergency_id: uuid.UUID) -> Response:
        """Close a review. Needs a fresh second factor. 409 if it is closed, or the access was one's own."""
        found = parsed(ReviewInput, request.data)
        done = actions.review_emergency_access(by=actor_of(request), emergency_id=emergency_id, **found)
        return Response(EmergencyOutput(done).data)
