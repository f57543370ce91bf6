"""The API of roles and their rotas."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from rota import access, actions
from rota import serializers as shapes
from rota.states import Rank


class RolesView(APIView):
    @extend_schema(
        operation_id="roles_search", parameters=[shapes.RoleQuery], responses=shapes.FoundRolesAnswer
    )
    def get(self, request: Request) -> Response:
        """Find roles of the own and of verified organisations, and who is on duty."""
        asked = _read(shapes.RoleQuery, request.query_params)
        found = actions.search_roles(
            by=actor_of(request),
            query=asked["q"],
            speciality=asked["speciality"],
            organisation_id=asked["organisation"],
            on_duty=asked["on_duty"],
            page=asked["page"],
        )
        return Response(shapes.FoundRolesAnswer(found).data)


class RoleView(APIView):
    @extend_schema(operation_id="roles_read", responses=shapes.RoleAnswer)
    def get(self, request: Request, role_id: uuid.UUID) -> Response:
        """Who holds a role now and next, and whom it escalates to."""
        page = access.role_page(by=actor_of(request), role_id=role_id)
        return Response(shapes.RoleAnswer(page).data)


class OnDutyView(APIView):
    @extend_schema(
        operation_id="roles_on_duty", parameters=[shapes.OnDutyQuery], responses=shapes.OnDutyAnswer
    )
    def get(self, request: Request, role_id: uuid.UUID) -> Response:
        """Whom an urgent message to this role would reach now, in which order, and who else could be asked."""
        by = actor_of(request)
        access.role(by=by, role_id=role_id)
        asked = _read(shapes.OnDutyQuery, request.query_params)
        return Response(shapes.OnDutyAnswer(access.on_duty(by=by, role_id=role_id, **asked)).data)


class ShiftsView(APIView):
    @extend_schema(
        operation_id="shifts_list", parameters=[shapes.ShiftQuery], responses=shapes.TurnListAnswer
    )
    def get(self, request: Request, role_id: uuid.UUID) -> Response:
        """The shifts that touch a time."""
        by = actor_of(request)
        access.own_role(by=by, role_id=role_id)
        asked = _read(shapes.ShiftQuery, request.query_params)
        return Response(
            shapes.TurnListAnswer({"shifts": access.shifts(by=by, role_id=role_id, **asked)}).data
        )

    @extend_schema(
        operation_id="shifts_plan", request=shapes.PlanShiftRequest, responses={201: shapes.ShiftListAnswer}
    )
    def post(self, request: Request, role_id: uuid.UUID) -> Response:
        """Plan a shift, and one in each of so many weeks that follow."""
        by = actor_of(request)
        access.planned_role(by=by, role_id=role_id)
        made = actions.plan_shift(by=by, role_id=role_id, **_shift(shapes.PlanShiftRequest, request))
        return Response(shapes.ShiftListAnswer({"shifts": made}).data, status=201)


class ShiftView(APIView):
    @extend_schema(
        operation_id="shifts_change", request=shapes.ChangeShiftRequest, responses=shapes.ShiftAnswer
    )
    def put(self, request: Request, shift_id: uuid.UUID) -> Response:
        """Change a shift; of one that has begun, its end."""
        by = actor_of(request)
        access.planned_shift(by=by, shift_id=shift_id)
        changed = actions.change_shift(by=by, shift_id=shift_id, **_shift(shapes.ChangeShiftRequest, request))
        return Response(shapes.ShiftAnswer(changed).data)

    @extend_schema(operation_id="shifts_remove", request=None, responses={204: None})
    def delete(self, request: Request, shift_id: uuid.UUID) -> Response:
        """Delete a shift that has not begun; end one that has."""
        actions.remove_shift(by=actor_of(request), shift_id=shift_id)
        return Response(status=204)


class HistoryView(APIView):
    @extend_schema(operation_id="roles_history", responses=shapes.HistoryAnswer)
    def get(self, request: Request, role_id: uuid.UUID) -> Response:
        """What became of the shifts of a role: who held it when, and who changed that; the latest first."""
        found = access.history(by=actor_of(request), role_id=role_id)
        return Response(shapes.HistoryAnswer({"history": found}).data)


class RestoreView(APIView):
    @extend_schema(operation_id="shifts_restore", request=None, responses=shapes.ShiftAnswer)
    def post(self, request: Request, shift_id: uuid.UUID) -> Response:
        """Bring back a shift that was deleted."""
        back = actions.restore_shift(by=actor_of(request), shift_id=shift_id)
        return Response(shapes.ShiftAnswer(back).data)


class TakeOverView(APIView):
    @extend_schema(
        operation_id="roles_take_over", request=shapes.TakeOverRequest, responses={201: shapes.ShiftAnswer}
    )
    def post(self, request: Request, role_id: uuid.UUID) -> Response:
        """Hold a role from now on."""
        by = actor_of(request)
        access.own_role(by=by, role_id=role_id)
        sent = _read(shapes.TakeOverRequest, request.data)
        return Response(
            shapes.ShiftAnswer(actions.take_over(by=by, role_id=role_id, **sent)).data, status=201
        )


class HandBackView(APIView):
    @extend_schema(operation_id="roles_hand_back", request=None, responses=shapes.ShiftAnswer)
    def post(self, request: Request, role_id: uuid.UUID) -> Response:
        """End a take-over: the rota holds again."""
        ended = actions.hand_back(by=actor_of(request), role_id=role_id)
        return Response(shapes.ShiftAnswer(ended).data)


def _shift(shape: type[Any], request: Request) -> dict[str, Any]:
    sent = _read(shape, request.data)
    return sent | {"rank": Rank(sent["rank"])}


def _read(shape: type[Any], sent: Any) -> dict[str, Any]:
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
