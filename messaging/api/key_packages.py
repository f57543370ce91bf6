"""The API of the key-package directory and of Welcomes."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions, serializers
from messaging.api.reading import checked


class KeyPackagesView(APIView):
    for_patients = True

    @extend_schema(responses=serializers.AvailableAnswer)
    def get(self, request: Request) -> Response:
        """How many of this device's key packages can still be claimed."""
        available = access.available(by=actor_of(request))
        return Response(serializers.AvailableAnswer({"available": available}).data)

    @extend_schema(request=serializers.KeyPackagesRequest, responses={201: serializers.AvailableAnswer})
    def post(self, request: Request) -> Response:
        """Put key packages of this device into the directory."""
        sent = checked(serializers.KeyPackagesRequest, request.data)
        available = actions.upload_key_packages(
            by=actor_of(request), contents=sent["key_packages"], last_resort=sent["last_resort"]
        )
        return Response(serializers.AvailableAnswer({"available": available}).data, status=201)


class ClaimView(APIView):
    for_patients = True

    @extend_schema(request=serializers.ClaimRequest, responses=serializers.ClaimAnswer)
    def post(self, request: Request) -> Response:
        """Claim one key package for each active device of these people, or for some of them."""
        sent = checked(serializers.ClaimRequest, request.data)
        claim = actions.claim_key_packages(
            by=actor_of(request), person_ids=sent["person_ids"], device_ids=sent["device_ids"]
        )
        return Response(serializers.ClaimAnswer(claim).data)


class WelcomesView(APIView):
    for_patients = True

    @extend_schema(responses=serializers.WelcomesAnswer)
    def get(self, request: Request) -> Response:
        """The Welcomes that this device has not confirmed yet."""
        welcomes = access.welcomes(by=actor_of(request))
        return Response(serializers.WelcomesAnswer({"welcomes": welcomes}).data)


class WelcomeDetail(APIView):
    for_patients = True

    @extend_schema(responses={204: None})
    def delete(self, request: Request, welcome_id: uuid.UUID) -> Response:
        """Confirm that this device has joined by this Welcome."""
        actions.finish_welcome(by=actor_of(request), welcome_id=welcome_id)
        return Response(status=204)
