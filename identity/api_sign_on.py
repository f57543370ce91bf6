"""The API of an organisation's single sign-on, for its administrators."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity.access import actor_of
from identity.serializers import InstantField
from identity.sign_on import WantedSignOn


class SingleSignOnRequest(serializers.Serializer[Any]):
    issuer = serializers.CharField(max_length=500)
    client_id = serializers.CharField(max_length=200)
    client_secret = serializers.CharField(
        max_length=500,
        required=False,
        default="",
        allow_blank=True,
        help_text="left out: the stored one stays",
    )
    trusts_factor = serializers.BooleanField(required=False, default=False)
    acr_values = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    amr_values = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    join_function = serializers.CharField(
        max_length=30,
        required=False,
        default="",
        allow_blank=True,
        help_text="a function of staff; empty: nobody joins",
    )


class SingleSignOnAnswer(serializers.Serializer[Any]):
    is_set = serializers.BooleanField()
    is_on = serializers.BooleanField()
    issuer = serializers.CharField()
    client_id = serializers.CharField()
    trusts_factor = serializers.BooleanField()
    acr_values = serializers.CharField()
    amr_values = serializers.CharField()
    join_function = serializers.CharField()
    redirect_address = serializers.CharField(help_text="to enter at the provider")
    link = serializers.CharField(help_text="of the hospital's own sign-in")
    domain = serializers.CharField()
    domain_proven = serializers.BooleanField()
    checked_at = InstantField(allow_null=True)
    trouble = serializers.CharField(help_text="what the last check has found; empty: nothing")
    accounts = serializers.IntegerField(help_text="how many people have signed in by it")
    changed_at = InstantField(allow_null=True)
    changed_by = serializers.CharField()


class SingleSignOnView(APIView):
    @extend_schema(operation_id="single_sign_on_read", responses=SingleSignOnAnswer)
    def get(self, request: Request) -> Response:
        """The single sign-on of the organisation that you administer. The secret is in no answer."""
        return _card(request)

    @extend_schema(
        operation_id="single_sign_on_change", request=SingleSignOnRequest, responses=SingleSignOnAnswer
    )
    def put(self, request: Request) -> Response:
        """Enter the identity provider, or change it. Another issuer turns it off until it is checked."""
        by = actor_of(request)
        organisation_id = access.administered(by=by)
        serializer = SingleSignOnRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = WantedSignOn(**serializer.validated_data)
        actions.change_single_sign_on(by=by, organisation_id=organisation_id, wanted=wanted)
        return _card(request)


class CheckProviderView(APIView):
    @extend_schema(operation_id="single_sign_on_check", request=None, responses=SingleSignOnAnswer)
    def post(self, request: Request) -> Response:
        """Ask the provider for its description; `trouble` says what is wrong."""
        by = actor_of(request)
        actions.check_provider(by=by, organisation_id=access.administered(by=by))
        return _card(request)


class TurnOnView(APIView):
    @extend_schema(operation_id="single_sign_on_turn_on", request=None, responses=SingleSignOnAnswer)
    def post(self, request: Request) -> Response:
        """Let people sign in by the provider, which must have been checked."""
        by = actor_of(request)
        actions.turn_on_single_sign_on(by=by, organisation_id=access.administered(by=by))
        return _card(request)


class TurnOffView(APIView):
    @extend_schema(operation_id="single_sign_on_turn_off", request=None, responses=SingleSignOnAnswer)
    def post(self, request: Request) -> Response:
        """Let nobody sign in by the provider any more."""
        by = actor_of(request)
        actions.turn_off_single_sign_on(by=by, organisation_id=access.administered(by=by))
        return _card(request)


class ProviderAccountView(APIView):
    @extend_schema(operation_id="provider_account_forget", responses={204: None})
    def delete(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Forget by which account at the provider a person signs in; their sessions end."""
        actions.forget_provider_account(by=actor_of(request), membership_id=membership_id)
        return Response(status=204)


def _card(request: Request) -> Response:
    return Response(SingleSignOnAnswer(access.single_sign_on(by=actor_of(request))).data)
