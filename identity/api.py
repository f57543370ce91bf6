"""The API of identity keys and devices."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions, serializers
from identity.access import actor_of
from identity.api_reading import read
from identity.proof import Proof
from identity.states import Way


class MeView(APIView):
    for_patients = frozenset({"GET"})

    @extend_schema(responses=serializers.MeAnswer)
    def get(self, request: Request) -> Response:
        """Who is signed in, in which organisation and roles, with which keys."""
        return Response(serializers.MeAnswer(access.me(by=actor_of(request))).data)


class IdentityKeysView(APIView):
    for_patients = True

    @extend_schema(request=serializers.CertifyRequest, responses={201: serializers.IdentityKeyAnswer})
    def post(self, request: Request) -> Response:
        """Certify the identity key that this browser has made."""
        key = actions.certify_identity_key(
            by=actor_of(request), request_der=read(serializers.CertifyRequest, request.data)["csr"]
        )
        return Response(serializers.IdentityKeyAnswer(key).data, status=201)


class DevicesView(APIView):
    for_patients = True

    @extend_schema(
        parameters=[OpenApiParameter("person", str, many=True, required=True)],
        responses=serializers.DeviceListAnswer,
    )
    def get(self, request: Request) -> Response:
        """The devices of people, revoked ones included, each with its certificate chain."""
        asked = read(serializers.DeviceListQuery, {"person": request.query_params.getlist("person")})
        devices = access.known_devices_of(by=actor_of(request), person_ids=asked["person"])
        return Response(serializers.DeviceListAnswer({"devices": devices}).data)

    @extend_schema(request=serializers.RegisterRequest, responses={201: serializers.RegisterAnswer})
    def post(self, request: Request) -> Response:
        """Register this browser as a device, and attach it to the session."""
        sent = read(serializers.RegisterRequest, request.data)
        device = actions.register_device(
            by=actor_of(request),
            session=request.session,
            device_id=sent["id"],
            name=sent["name"],
            certificate_der=sent["certificate"],
        )
        return Response(serializers.RegisterAnswer(device).data, status=201)


class ChallengeView(APIView):
    for_patients = True

    @extend_schema(request=None, responses=serializers.ChallengeAnswer)
    def post(self, request: Request, device_id: uuid.UUID) -> Response:
        """Ask for a challenge, which the device signs to be attached."""
        nonce = actions.challenge_device(by=actor_of(request), session=request.session, device_id=device_id)
        return Response(serializers.ChallengeAnswer({"nonce": nonce}).data)


class AttachView(APIView):
    for_patients = True

    @extend_schema(request=serializers.AttachRequest, responses=serializers.DeviceId)
    def post(self, request: Request, device_id: uuid.UUID) -> Response:
        """Attach a device to the session by the signature of its challenge."""
        device = actions.attach_device(
            by=actor_of(request),
            session=request.session,
            device_id=device_id,
            signature=read(serializers.AttachRequest, request.data)["signature"],
        )
        return Response(serializers.DeviceId(device).data)


class RevokeView(APIView):
    for_patients = True

    @extend_schema(request=None, responses=serializers.DeviceAnswer)
    def post(self, request: Request, device_id: uuid.UUID) -> Response:
        """Revoke a device: one's own, or as an administrator one of the organisation."""
        device = actions.revoke_device(by=actor_of(request), device_id=device_id)
        return Response(serializers.DeviceAnswer(device).data)


class ConfirmView(APIView):
    @extend_schema(request=serializers.ConfirmRequest, responses=serializers.ConfirmAnswer)
    def post(self, request: Request) -> Response:
        """Show a second factor anew, before a dangerous act; the session's cookie changes."""
        sent = read(serializers.ConfirmRequest, request.data)
        confirmed = actions.confirm_presence(
            by=actor_of(request), session=request.session, proof=Proof(Way(sent["way"]), sent["value"])
        )
        return Response(serializers.ConfirmAnswer(confirmed).data)


class AssertionOptionsView(APIView):
    permission_classes = ()

    @extend_schema(request=None, responses=serializers.PasskeyOptions)
    def post(self, request: Request) -> Response:
        """Ask for a challenge, which a passkey signs: to sign in, as second factor, or to confirm an act."""
        options = actions.assertion_options(
            by=access.whoever(request),
            session=request.session,
            address=str(request.META.get("REMOTE_ADDR", "")),
        )
        return Response({"options": options})


class RegistrationOptionsView(APIView):
    @extend_schema(request=None, responses=serializers.PasskeyOptions)
    def post(self, request: Request) -> Response:
        """Ask for a challenge, under which a new passkey is made."""
        return Response(
            {"options": actions.registration_options(by=actor_of(request), session=request.session)}
        )
