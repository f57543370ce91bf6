"""The API by which a second browser becomes a device."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity import serializers_joins as shapes
from identity.access import actor_of
from identity.device_join import JoinKeys
from identity.serializers import DeviceId
from identity.states import JoinRefusal
from identity.views.answers import origin_of


class JoinsView(APIView):
    for_patients = True

    @extend_schema(operation_id="device_joins_list", responses=shapes.JoinListAnswer)
    def get(self, request: Request) -> Response:
        """The browsers that ask to become a device of the acting person now."""
        return Response(shapes.JoinListAnswer({"joins": access.open_joins(by=actor_of(request))}).data)

    @extend_schema(request=shapes.AskRequest, responses={201: shapes.JoinAnswer})
    def post(self, request: Request) -> Response:
        """Ask the person's devices to certify the keys that this browser has made; holds for ten minutes."""
        sent = _read(shapes.AskRequest, request.data)
        by = actor_of(request)
        row = actions.ask_to_join(
            by=by,
            session=request.session,
            origin=origin_of(request),
            sent=actions.NewJoin(
                JoinKeys(
                    sent["device_id"],
                    sent["nonce"],
                    sent["mls_key"],
                    sent["agreement_key"],
                    sent["device_key"],
                ),
                sent["name"],
            ),
        )
        return Response(shapes.JoinAnswer(access.join(by=by, join_id=row.id)).data, status=201)


class JoinView(APIView):
    for_patients = True

    @extend_schema(responses=shapes.JoinAnswer)
    def get(self, request: Request, join_id: uuid.UUID) -> Response:
        """One request of the acting person, and what became of it."""
        return Response(shapes.JoinAnswer(access.join(by=actor_of(request), join_id=join_id)).data)


class ApproveView(APIView):
    for_patients = True

    @extend_schema(request=shapes.ApproveRequest, responses=DeviceId)
    def post(self, request: Request, join_id: uuid.UUID) -> Response:
        """Register the device that asks by a certificate of the person's identity key."""
        sent = _read(shapes.ApproveRequest, request.data)
        device = actions.approve_join(
            by=actor_of(request),
            join_id=join_id,
            given=actions.GivenApproval(
                sent["fingerprint"], sent["certificate"], sent.get("wrapped_backup_key")
            ),
        )
        return Response(DeviceId(device).data)


class BackupKeyView(APIView):
    @extend_schema(request=None, responses=shapes.WrappedBackupKeyAnswer)
    def post(self, request: Request, join_id: uuid.UUID) -> Response:
        """Fetch, once, the key of the history backup that came with the approval of this device."""
        wrapped = actions.take_backup_key(by=actor_of(request), join_id=join_id)
        return Response(shapes.WrappedBackupKeyAnswer({"wrapped_backup_key": wrapped}).data)


class RefuseView(APIView):
    for_patients = True

    @extend_schema(request=shapes.RefuseRequest, responses={204: None})
    def post(self, request: Request, join_id: uuid.UUID) -> Response:
        """Refuse a browser that asks."""
        sent = _read(shapes.RefuseRequest, request.data)
        actions.refuse_join(by=actor_of(request), join_id=join_id, reason=JoinRefusal(sent["refusal"]))
        return Response(status=204)


class WithdrawView(APIView):
    for_patients = True

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, join_id: uuid.UUID) -> Response:
        """Take back what this session has asked."""
        actions.withdraw_join(by=actor_of(request), session=request.session, join_id=join_id)
        return Response(status=204)


def _read(shape: type[Any], sent: Any) -> dict[str, Any]:
    """Check input against its shape; DRF's error becomes a 400 problem that names each field."""
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
