"""The API of writing to a patient: whether they can be reached, and the patient cases that there are."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import actions
from messaging.access import Correspondence
from messaging.serializers import InstantField
from messaging.serializers_cases import CASE_STATES


class PatientConversationAnswer(serializers.Serializer[Any]):
    group_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=CASE_STATES)
    opened_at = InstantField()


class CorrespondenceAnswer(serializers.Serializer[Correspondence]):
    person_id = serializers.UUIDField(
        allow_null=True, help_text="of who signs in for the record; null while nobody does"
    )
    name = serializers.CharField()
    reachable = serializers.BooleanField(help_text="whether they have a device that can be brought in")
    conversations = PatientConversationAnswer(
        many=True, help_text="the patient cases that the signed-in person is in, newest first"
    )


class CorrespondenceView(APIView):
    @extend_schema(operation_id="patients_correspondence", responses=CorrespondenceAnswer)
    def get(self, request: Request, patient_id: uuid.UUID) -> Response:
        """Whether a patient of the own hospital can be written to, and where one does so already."""
        found = actions.look_at_correspondence(by=actor_of(request), patient_id=patient_id)
        return Response(CorrespondenceAnswer(found).data)
