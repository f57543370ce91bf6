"""The API of an organisation's policies."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity.access import actor_of
from identity.policies import PolicyName
from identity.serializers import InstantField
from identity.states import NewDevicesPolicy, SecondFactorPolicy, StrangersPolicy


class PolicyAnswer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=[item.value for item in PolicyName])
    value = serializers.JSONField(help_text="a code, a number, or a list of networks")
    is_default = serializers.BooleanField()
    effect = serializers.CharField()
    begins = serializers.CharField()
    changed_at = InstantField(allow_null=True)
    changed_by = serializers.CharField(help_text="empty: nobody, or the platform's operator")


class PoliciesAnswer(serializers.Serializer[Any]):
    policies = PolicyAnswer(many=True)


class PoliciesRequest(serializers.Serializer[Any]):
    """What is left out stays; null sets a policy back to its default."""

    second_factor = serializers.ChoiceField(
        choices=[item.value for item in SecondFactorPolicy], required=False, allow_null=True
    )
    idle_minutes = serializers.IntegerField(required=False, allow_null=True)
    absolute_hours = serializers.IntegerField(required=False, allow_null=True)
    networks = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, allow_null=True
    )
    strangers = serializers.ChoiceField(
        choices=[item.value for item in StrangersPolicy], required=False, allow_null=True
    )
    new_devices = serializers.ChoiceField(
        choices=[item.value for item in NewDevicesPolicy], required=False, allow_null=True
    )
    history_days = serializers.IntegerField(required=False, allow_null=True)
    audit_years = serializers.IntegerField(required=False, allow_null=True)
    case_days = serializers.IntegerField(required=False, allow_null=True)
    talk_days = serializers.IntegerField(required=False, allow_null=True)


class PoliciesView(APIView):
    @extend_schema(operation_id="policies_read", responses=PoliciesAnswer)
    def get(self, request: Request) -> Response:
        """The policies of the organisation that you administer."""
        return Response(PoliciesAnswer({"policies": access.policies(by=actor_of(request))}).data)

    @extend_schema(operation_id="policies_change", request=PoliciesRequest, responses=PoliciesAnswer)
    def patch(self, request: Request) -> Response:
        """Change policies: all that are given, or none."""
        by = actor_of(request)
        organisation_id = access.administered(by=by)
        serializer = PoliciesRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        actions.change_policies(
            by=by,
            organisation_id=organisation_id,
            values={PolicyName(name): value for name, value in serializer.validated_data.items()},
            address=str(request.META.get("REMOTE_ADDR", "")),
        )
        return self.get(request)
