"""The API of registration, checklist and applications: the same actions as the pages."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions, mail
from identity import serializers_onboarding as shapes
from identity import serializers_people as people_shapes
from identity.access import actor_of
from identity.states import OrganisationKind
from medicus.lib.actor import Actor, Role
from medicus.lib.errors import NotFound


class RegistrationsView(APIView):
    permission_classes = ()

    @extend_schema(request=shapes.RegistrationRequest, responses={202: None})
    def post(self, request: Request) -> Response:
        """Register a hospital. The answer is the same whether it is known already or not."""
        if not settings.OPEN_REGISTRATION:
            raise NotFound
        sent = _read(shapes.RegistrationRequest, request.data)
        actions.register_organisation(
            by=access.whoever(request),
            registration=actions.Registration(**sent | {"kind": OrganisationKind(sent["kind"])}),
            address=str(request.META.get("REMOTE_ADDR", "")),
        )
        return Response(status=202)


class ChecklistView(APIView):
    @extend_schema(operation_id="checklist_read", responses=shapes.ChecklistAnswer)
    def get(self, request: Request) -> Response:
        """The steps of the organisation that you administer."""
        steps = access.checklist(by=actor_of(request))
        return Response(shapes.ChecklistAnswer({"steps": steps}).data)


class FiguresView(APIView):
    @extend_schema(operation_id="figures_read", responses=shapes.FiguresAnswer)
    def get(self, request: Request) -> Response:
        """People, devices, second factors and sign-ins of the organisation that you administer."""
        return Response(shapes.FiguresAnswer(access.dashboard(by=actor_of(request))).data)


class OwnApplicationView(APIView):
    @extend_schema(operation_id="own_application_read", responses=shapes.OwnApplicationAnswer)
    def get(self, request: Request) -> Response:
        """The application of the organisation that you administer."""
        return _own(actor_of(request))


class OwnDomainView(APIView):
    @extend_schema(
        operation_id="own_application_check_domain", request=None, responses=shapes.OwnApplicationAnswer
    )
    def post(self, request: Request) -> Response:
        """Ask DNS now for the record."""
        return _own(actor_of(request), actions.check_domain)


class EvidenceView(APIView):
    @extend_schema(
        operation_id="own_application_state_evidence",
        request=shapes.EvidenceRequest,
        responses=shapes.OwnApplicationAnswer,
    )
    def put(self, request: Request) -> Response:
        """State what shows that the organisation is who it says."""
        by = actor_of(request)
        access.administered(by=by)
        return _own(by, actions.state_evidence, **_read(shapes.EvidenceRequest, request.data))


class SubmitView(APIView):
    @extend_schema(operation_id="own_application_submit", request=None, responses=shapes.OwnApplicationAnswer)
    def post(self, request: Request) -> Response:
        """Hand the application to the operators."""
        return _own(actor_of(request), actions.submit_application)


class WithdrawView(APIView):
    @extend_schema(
        operation_id="own_application_withdraw", request=None, responses=shapes.OwnApplicationAnswer
    )
    def post(self, request: Request) -> Response:
        """Take the application back to mend it."""
        return _own(actor_of(request), actions.withdraw_application)


class QueueView(APIView):
    @extend_schema(operation_id="applications_list", responses=shapes.QueueAnswer)
    def get(self, request: Request) -> Response:
        """All applications, for operators."""
        return Response(shapes.QueueAnswer(access.queue(by=actor_of(request))).data)


class ApplicationView(APIView):
    @extend_schema(operation_id="applications_read", responses=shapes.ApplicationAnswer)
    def get(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """One application, for operators."""
        return _operated(request, organisation_id)

    @extend_schema(operation_id="applications_remove", responses={204: None})
    def delete(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Remove a registration that nobody has entered."""
        actions.remove_registration(by=_operator(request), organisation_id=organisation_id)
        return Response(status=204)


class DomainView(APIView):
    @extend_schema(operation_id="applications_check_domain", request=None, responses=shapes.ApplicationAnswer)
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Ask DNS now for the record."""
        return _operated(request, organisation_id, actions.check_domain)


class CheckView(APIView):
    @extend_schema(
        operation_id="applications_check", request=shapes.CheckRequest, responses=shapes.ApplicationAnswer
    )
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Say that the evidence was checked, and how."""
        return _operated(request, organisation_id, actions.check_application, shapes.CheckRequest)


class ApproveView(APIView):
    @extend_schema(
        operation_id="applications_approve",
        request=shapes.DecisionRequest,
        responses=shapes.ApplicationAnswer,
    )
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Verify the organisation, as the second operator."""
        return _operated(request, organisation_id, actions.approve_application, shapes.DecisionRequest)


class DeclineView(APIView):
    @extend_schema(
        operation_id="applications_decline", request=shapes.DeclineRequest, responses=shapes.ApplicationAnswer
    )
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Give the application back with a reason."""
        return _operated(request, organisation_id, actions.decline_application, shapes.DeclineRequest)


class LinkView(APIView):
    @extend_schema(operation_id="applications_link", request=None, responses={201: people_shapes.LinkAnswer})
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Make a link for the first administrator; it is in this answer and nowhere else."""
        made = actions.link_for_first_administrator(by=_operator(request), organisation_id=organisation_id)
        shown = {
            "membership_id": made.invitation.membership_id,
            "link": mail.link_of(made.token),
            "expires_at": made.invitation.expires_at,
        }
        return Response(people_shapes.LinkAnswer(shown).data, status=201)


def _own(by: Actor, act: Callable[..., Any] | None = None, **given: Any) -> Response:
    organisation_id = access.administered(by=by)
    if act is not None:
        act(by=by, organisation_id=organisation_id, **given)
    card = access.application(by=by, organisation_id=organisation_id)
    return Response(shapes.OwnApplicationAnswer(card).data)


def _operated(
    request: Request,
    organisation_id: uuid.UUID,
    act: Callable[..., Any] | None = None,
    shape: type[Any] | None = None,
) -> Response:
    by = _operator(request)
    access.application(by=by, organisation_id=organisation_id)
    if act is not None:
        act(by=by, organisation_id=organisation_id, **(_read(shape, request.data) if shape else {}))
    return Response(shapes.ApplicationAnswer(access.application(by=by, organisation_id=organisation_id)).data)


def _operator(request: Request) -> Actor:
    """An administrator has the other side of this API."""
    by = actor_of(request)
    if not by.has(Role.OPERATOR):
        raise NotFound
    return by


def _read(shape: type[Any], sent: Any) -> dict[str, Any]:
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
