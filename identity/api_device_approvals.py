"""The API of new devices that an administrator approves: for the browser that waits, and for administrators."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity import serializers_device_approvals as shapes
from identity.access import actor_of
from identity.api_reading import read
from identity.device_approval import DIGEST_BYTES, DeviceKeys
from identity.device_join import MLS_KEY_BYTES
from identity.thumbprint import ed25519_thumbprint
from identity.views.answers import origin_of


class AskApprovalView(APIView):
    @extend_schema(
        operation_id="device_approvals_ask",
        request=shapes.AskApprovalRequest,
        responses=shapes.OwnApprovalAnswer,
    )
    def post(self, request: Request) -> Response:
        """Ask the administrators to approve the keys that this browser has made; the same keys again give the same
        request."""
        sent = read(shapes.AskApprovalRequest, request.data)
        for name, length in (("identity_fingerprint", DIGEST_BYTES), ("mls_key", MLS_KEY_BYTES)):
            if len(sent[name]) != length:
                raise ValidationError({name: f"this must have {length} bytes"})
        keys = DeviceKeys(
            device_id=sent["device_id"],
            identity_fingerprint=sent["identity_fingerprint"],
            mls_thumbprint=ed25519_thumbprint(sent["mls_key"]),
            device_key=sent["device_key"],
        )
        by = actor_of(request)
        row = actions.ask_for_approval(
            by=by, origin=origin_of(request), sent=actions.NewDevice(keys, sent["name"])
        )
        return Response(shapes.OwnApprovalAnswer(access.own_approval(by=by, approval_id=row.id)).data)


class OwnApprovalView(APIView):
    @extend_schema(operation_id="device_approvals_read", responses=shapes.OwnApprovalAnswer)
    def get(self, request: Request, approval_id: uuid.UUID) -> Response:
        """One request of the acting person, and what became of it."""
        found = access.own_approval(by=actor_of(request), approval_id=approval_id)
        return Response(shapes.OwnApprovalAnswer(found).data)


class ApprovalsView(APIView):
    @extend_schema(
        operation_id="administration_device_approvals_list",
        parameters=[OpenApiParameter("q", str, description="beginnings of names")],
        responses=shapes.ApprovalListAnswer,
    )
    def get(self, request: Request) -> Response:
        """The new devices that wait for an administrator of your organisation, and those decided last."""
        found = access.approvals(by=actor_of(request), query=str(request.query_params.get("q", "")))
        return Response(shapes.ApprovalListAnswer(found).data)


class ApproveDeviceView(APIView):
    @extend_schema(
        operation_id="administration_device_approvals_approve",
        request=None,
        responses=shapes.ApprovalAnswer,
    )
    def post(self, request: Request, approval_id: uuid.UUID) -> Response:
        """Approve a new device, after the person has read the same code to you."""
        by = actor_of(request)
        actions.approve_device(by=by, approval_id=approval_id)
        return Response(shapes.ApprovalAnswer(access.approval_card(by=by, approval_id=approval_id)).data)


class RefuseDeviceView(APIView):
    @extend_schema(
        operation_id="administration_device_approvals_refuse",
        request=shapes.RefuseApprovalRequest,
        responses=shapes.ApprovalAnswer,
    )
    def post(self, request: Request, approval_id: uuid.UUID) -> Response:
        """Refuse a new device for good, with a reason that the person reads."""
        by = actor_of(request)
        access.approval_card(by=by, approval_id=approval_id)
        sent = read(shapes.RefuseApprovalRequest, request.data)
        actions.refuse_device(by=by, approval_id=approval_id, reason=sent["reason"])
        return Response(shapes.ApprovalAnswer(access.approval_card(by=by, approval_id=approval_id)).data)
