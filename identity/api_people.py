"""The API of an organisation's administration: its people and departments."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions, mail
from identity import serializers_people as shapes
from identity.access import actor_of
from identity.access.staff import staff_membership
from medicus.lib.actor import Scope


class PeopleView(APIView):
    scopes = {"GET": Scope.PEOPLE_READ}

    @extend_schema(
        operation_id="people_list", parameters=[shapes.StaffQuery], responses=shapes.StaffListAnswer
    )
    def get(self, request: Request) -> Response:
        """The people of the organisation that you administer."""
        by = actor_of(request)
        access.administered(by=by, scope=Scope.PEOPLE_READ)
        asked = _read(shapes.StaffQuery, request.query_params)
        wanted = access.Wanted(asked["q"], asked["function"], asked["department"], asked["only"])
        return Response(shapes.StaffListAnswer(access.staff(by=by, wanted=wanted, page=asked["page"])).data)

    @extend_schema(
        operation_id="people_invite",
        request=shapes.InviteRequest,
        responses={201: shapes.LinkAnswer},
    )
    def post(self, request: Request) -> Response:
        """Add a person; the link with which they begin is in this answer and nowhere else."""
        by = actor_of(request)
        organisation_id = access.administered(by=by)
        sent = _read(shapes.InviteRequest, request.data)
        return _link(actions.invite_person(by=by, organisation_id=organisation_id, **sent))


class InvitationView(APIView):
    @extend_schema(operation_id="people_invite_again", request=None, responses={201: shapes.LinkAnswer})
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Make a new link for somebody who has no password yet."""
        return _link(actions.invite_again(by=actor_of(request), membership_id=membership_id))

    @extend_schema(operation_id="people_revoke_invitation", request=None, responses={204: None})
    def delete(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Withdraw the link."""
        actions.revoke_invitation(by=actor_of(request), membership_id=membership_id)
        return Response(status=204)


class ResetPasswordView(APIView):
    @extend_schema(operation_id="people_reset_password", request=None, responses={201: shapes.LinkAnswer})
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Forget a password, and make a link with which another is set."""
        return _link(actions.reset_password(by=actor_of(request), membership_id=membership_id))


class PersonView(APIView):
    @extend_schema(operation_id="people_read", responses=shapes.StaffAnswer)
    def get(self, request: Request, membership_id: uuid.UUID) -> Response:
        """One person's place in the organisation."""
        return _person(request, membership_id)

    @extend_schema(operation_id="people_change", request=shapes.PlaceRequest, responses=shapes.StaffAnswer)
    def put(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Change function, department, administration and validity."""
        by = actor_of(request)
        staff_membership(by=by, membership_id=membership_id)
        actions.change_membership(
            by=by, membership_id=membership_id, **_read(shapes.PlaceRequest, request.data)
        )
        return _person(request, membership_id)


class DeactivateView(APIView):
    @extend_schema(operation_id="people_deactivate", request=None, responses=shapes.StaffAnswer)
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Close the organisation to a person until it is undone."""
        actions.deactivate_membership(by=actor_of(request), membership_id=membership_id)
        return _person(request, membership_id)


class ReactivateView(APIView):
    @extend_schema(operation_id="people_reactivate", request=None, responses=shapes.StaffAnswer)
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Undo a deactivation."""
        actions.reactivate_membership(by=actor_of(request), membership_id=membership_id)
        return _person(request, membership_id)


class ResetSecondFactorView(APIView):
    @extend_schema(operation_id="people_reset_second_factor", request=None, responses=shapes.StaffAnswer)
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Forget a second factor; the next sign-in enrols another."""
        by = actor_of(request)
        membership = staff_membership(by=by, membership_id=membership_id)
        actions.reset_second_factor(by=by, person_id=membership.person_id)
        return _person(request, membership_id)


class ResetIdentityKeyView(APIView):
    @extend_schema(operation_id="people_reset_identity_key", request=None, responses=shapes.StaffAnswer)
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Revoke an identity key with all its devices, and end the sessions; peers see the next key as new."""
        by = actor_of(request)
        membership = staff_membership(by=by, membership_id=membership_id)
        actions.reset_identity_key(
            by=by, person_id=membership.person_id, organisation_id=membership.organisation_id
        )
        return _person(request, membership_id)


class DepartmentsView(APIView):
    scopes = {"GET": Scope.PEOPLE_READ}

    @extend_schema(operation_id="departments_list", responses=shapes.DepartmentListAnswer)
    def get(self, request: Request) -> Response:
        """The departments of the organisation that you administer, closed ones last."""
        rows = access.departments(by=actor_of(request))
        return Response(shapes.DepartmentListAnswer({"departments": rows}).data)

    @extend_schema(
        operation_id="departments_create",
        request=shapes.DepartmentRequest,
        responses={201: shapes.DepartmentAnswer},
    )
    def post(self, request: Request) -> Response:
        """Add a department."""
        by = actor_of(request)
        organisation_id = access.administered(by=by)
        sent = _read(shapes.DepartmentRequest, request.data)
        made = actions.create_department(by=by, organisation_id=organisation_id, **sent)
        return Response(shapes.DepartmentAnswer(made).data, status=201)


class DepartmentView(APIView):
    @extend_schema(
        operation_id="departments_change",
        request=shapes.DepartmentRequest,
        responses=shapes.DepartmentAnswer,
    )
    def put(self, request: Request, department_id: uuid.UUID) -> Response:
        """Rename a department, or correct its speciality."""
        by = actor_of(request)
        access.administered(by=by)
        sent = _read(shapes.DepartmentRequest, request.data)
        changed = actions.change_department(by=by, department_id=department_id, **sent)
        return Response(shapes.DepartmentAnswer(changed).data)


class CloseDepartmentView(APIView):
    @extend_schema(operation_id="departments_close", request=None, responses=shapes.DepartmentAnswer)
    def post(self, request: Request, department_id: uuid.UUID) -> Response:
        """Close a department in which nobody works any more."""
        closed = actions.close_department(by=actor_of(request), department_id=department_id)
        return Response(shapes.DepartmentAnswer(closed).data)


def _link(invited: actions.Invited) -> Response:
    shown = {
        "membership_id": invited.invitation.membership_id,
        "link": mail.link_of(invited.token),
        "expires_at": invited.invitation.expires_at,
    }
    return Response(shapes.LinkAnswer(shown).data, status=201)


def _person(request: Request, membership_id: uuid.UUID) -> Response:
    file = access.staff_file(by=actor_of(request), membership_id=membership_id)
    return Response(shapes.StaffAnswer(file.entry).data)


def _read(shape: type[Any], sent: Any) -> dict[str, Any]:
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
