"""SCIM's Groups: the departments of the hospital."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response
from scim2_models import Context

from identity import access, actions
from identity.access import actor_of
from identity.provisioned import KnownGroup
from identity.scim.base import ScimView, base_address, dumped, listed, shown
from identity.scim.mapping import group_of, wanted_group_of
from identity.scim.requests import asked_of, attributes_of, ids_in, names_all_members, patched, resource_of
from identity.scim.resources import Group
from medicus.lib.actor import Actor


class GroupsView(ScimView):
    def get(self, request: Request) -> Response:
        """Find departments."""
        return search(request)

    def post(self, request: Request) -> Response:
        """Make one."""
        by = actor_of(request)
        group = resource_of(request, Group, filled={}, context=Context.RESOURCE_CREATION_REQUEST)
        made = actions.create_scim_group(by=by, wanted=wanted_group_of(group))
        return shown(request, _read(by, made), Context.RESOURCE_CREATION_RESPONSE, 201)


class GroupSearchView(ScimView):
    def post(self, request: Request) -> Response:
        """Find departments, with what is looked for in the body (RFC 7644 section 3.4.3)."""
        return search(request)


class GroupView(ScimView):
    def get(self, request: Request, department_id: uuid.UUID) -> Response:
        """One department, with its people unless the client does without."""
        among = None if _with_members(request) else frozenset[uuid.UUID]()
        known = access.scim_group(by=actor_of(request), department_id=department_id, among=among)
        return shown(request, group_of(known, base=base_address()), Context.RESOURCE_QUERY_RESPONSE)

    def put(self, request: Request, department_id: uuid.UUID) -> Response:
        """Make it what was sent."""
        by = actor_of(request)
        current = access.scim_group(by=by, department_id=department_id)
        group = resource_of(request, Group, filled={}, context=Context.RESOURCE_REPLACEMENT_REQUEST)
        wanted = wanted_group_of(group, current)
        actions.change_scim_group(by=by, department_id=department_id, wanted=wanted)
        return shown(request, _read(by, department_id), Context.RESOURCE_REPLACEMENT_RESPONSE)

    def patch(self, request: Request, department_id: uuid.UUID) -> Response:
        """Change parts of it. Only the people whom the request names are read, unless it means all of them."""
        by = actor_of(request)
        current = _concerned(request, by, department_id)
        group = patched(request, group_of(current, base=base_address()))
        actions.change_scim_group(by=by, department_id=department_id, wanted=wanted_group_of(group, current))
        return Response(status=204) if not request.query_params else self.get(request, department_id)

    def delete(self, request: Request, department_id: uuid.UUID) -> Response:
        """Close it; its people stay."""
        actions.delete_scim_group(by=actor_of(request), department_id=department_id)
        return Response(status=204)


def search(request: Request) -> Response:
    """Answer with a page of departments."""
    asked = asked_of(request)
    with_members = _with_members(request)
    total, known = access.scim_groups(by=actor_of(request), asked=asked, with_members=with_members)
    base, wanted = base_address(), attributes_of(request)
    groups = [dumped(group_of(each, base=base), Context.RESOURCE_QUERY_RESPONSE, wanted) for each in known]
    return listed(groups, total=total, start=asked.start)


def _with_members(request: Request) -> bool:
    asked = attributes_of(request)
    without = [name.lower() for name in asked.excluded_attributes or ()]
    only = [name.lower() for name in asked.attributes or ()]
    return "members" not in without and (not only or any("members" in name for name in only))


def _concerned(request: Request, by: Actor, department_id: uuid.UUID) -> KnownGroup:
    access.scim_group(by=by, department_id=department_id, among=frozenset())  # absent, whatever was sent
    among = None if names_all_members(request) else ids_in(request)
    return access.scim_group(by=by, department_id=department_id, among=among)


def _read(by: Actor, department_id: uuid.UUID) -> Group:
    return group_of(access.scim_group(by=by, department_id=department_id), base=base_address())
