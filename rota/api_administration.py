"""The API of an organisation's roles, for its administration."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of, administered
from rota import access, actions
from rota import serializers as shapes
from rota.actions import RoleWords, Step
from rota.states import FilledBy


class RolesView(APIView):
    @extend_schema(operation_id="administration_roles_list", responses=shapes.RoleFileListAnswer)
    def get(self, request: Request) -> Response:
        """The roles of the organisation that you administer, closed ones last."""
        found = access.administered_roles(by=actor_of(request))
        return Response(shapes.RoleFileListAnswer({"roles": found}).data)

    @extend_schema(
        operation_id="administration_roles_create",
        request=shapes.RoleRequest,
        responses={201: shapes.RoleFileAnswer},
    )
    def post(self, request: Request) -> Response:
        """Make a role."""
        by = actor_of(request)
        organisation_id = administered(by=by)
        made = actions.create_role(by=by, organisation_id=organisation_id, words=_words(request))
        return Response(shapes.RoleFileAnswer(access.file_of(made)).data, status=201)


class RoleView(APIView):
    @extend_schema(operation_id="administration_roles_read", responses=shapes.RoleFileAnswer)
    def get(self, request: Request, role_id: uuid.UUID) -> Response:
        """One role."""
        found = access.administered_role(by=actor_of(request), role_id=role_id)
        return Response(shapes.RoleFileAnswer(access.file_of(found)).data)

    @extend_schema(
        operation_id="administration_roles_change",
        request=shapes.RoleRequest,
        responses=shapes.RoleFileAnswer,
    )
    def put(self, request: Request, role_id: uuid.UUID) -> Response:
        """Change a role; its shifts stay."""
        by = actor_of(request)
        access.administered_role(by=by, role_id=role_id)
        changed = actions.change_role(by=by, role_id=role_id, words=_words(request))
        return Response(shapes.RoleFileAnswer(access.file_of(changed)).data)


class ChainView(APIView):
    @extend_schema(
        operation_id="administration_roles_set_chain",
        request=shapes.ChainRequest,
        responses=shapes.ChainAnswer,
    )
    def put(self, request: Request, role_id: uuid.UUID) -> Response:
        """Say who is asked next, in order, in place of what was said before."""
        by = actor_of(request)
        access.administered_role(by=by, role_id=role_id)
        sent = _read(shapes.ChainRequest, request.data)
        actions.set_chain(by=by, role_id=role_id, steps=[Step(**step) for step in sent["steps"]])
        return Response(shapes.ChainAnswer(access.role_page(by=by, role_id=role_id)).data)


class CloseView(APIView):
    @extend_schema(operation_id="administration_roles_close", request=None, responses=shapes.RoleFileAnswer)
    def post(self, request: Request, role_id: uuid.UUID) -> Response:
        """Close a role."""
        closed = actions.close_role(by=actor_of(request), role_id=role_id)
        return Response(shapes.RoleFileAnswer(access.file_of(closed)).data)


def _words(request: Request) -> RoleWords:
    sent = _read(shapes.RoleRequest, request.data)
    return RoleWords(**(sent | {"filled_by": FilledBy(sent["filled_by"])}))


def _read(shape: type[Any], sent: Any) -> dict[str, Any]:
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
