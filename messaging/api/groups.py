"""The API of groups and commits."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions, serializers
from messaging.actions import NewCommit
from messaging.api.reading import checked
from messaging.states import GroupKind


class GroupsView(APIView):
    for_patients = frozenset({"GET"})

    @extend_schema(operation_id="groups_list", responses=serializers.GroupsAnswer)
    def get(self, request: Request) -> Response:
        """The groups that the signed-in person is in, with their members."""
        groups = access.groups(by=actor_of(request))
        return Response(serializers.GroupsAnswer({"groups": groups}).data)

    @extend_schema(request=serializers.GroupRequest, responses={201: serializers.GroupAnswer})
    def post(self, request: Request) -> Response:
        """Make a group, and its first commit with it where one is given."""
        sent = checked(serializers.GroupRequest, request.data)
        group = actions.create_group(
            by=actor_of(request),
            group_id=sent["id"],
            kind=GroupKind(sent["kind"]),
            commit=_commit(sent["commit"]) if sent["commit"] else None,
            patient_id=sent["patient_id"],
        )
        return Response(serializers.GroupAnswer(group).data, status=201)


class GroupDetail(APIView):
    for_patients = True

    @extend_schema(responses=serializers.GroupAnswer)
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """One group, as a member sees it."""
        return Response(serializers.GroupAnswer(access.group(by=actor_of(request), group_id=group_id)).data)


class CommitsView(APIView):
    for_patients = True

    @extend_schema(request=serializers.CommitRequest, responses={201: serializers.CommittedAnswer})
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Append a commit, if the group is still in the epoch it names (409 `stale-epoch` otherwise)."""
        sent = checked(serializers.CommitRequest, request.data)
        committed = actions.commit(by=actor_of(request), group_id=group_id, sent=_commit(sent))
        return Response(serializers.CommittedAnswer(committed).data, status=201)


class UnknownLeafView(APIView):
    for_patients = True

    @extend_schema(request=serializers.UnknownLeafRequest, responses={204: None})
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Report a leaf that no pinned person has certified."""
        sent = checked(serializers.UnknownLeafRequest, request.data)
        actions.report_unknown_leaf(by=actor_of(request), group_id=group_id, **sent)
        return Response(status=204)


def _commit(sent: dict[str, Any]) -> NewCommit:
    return NewCommit(sent["id"], sent["epoch"], sent["commit"], sent["welcome"])
