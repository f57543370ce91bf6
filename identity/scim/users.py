"""SCIM's Users: the places of people in the hospital."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from scim2_models import Context

from identity import access, actions
from identity.access import actor_of
from identity.scim.base import ScimView, base_address, dumped, listed, shown
from identity.scim.mapping import USUAL_FUNCTION, change_of, newcomer_of, replacement_of, user_of
from identity.scim.requests import asked_of, attributes_of, patched, resource_of
from identity.scim.resources import MEDICUS, User
from medicus.lib.actor import Actor


class UsersView(ScimView):
    def get(self, request: Request) -> Response:
        """Find people."""
        return search(request)

    def post(self, request: Request) -> Response:
        """Make one, who has no password and no place elsewhere."""
        by = actor_of(request)
        context = Context.RESOURCE_CREATION_REQUEST
        filled = {"active": True, MEDICUS: {"function": USUAL_FUNCTION.value}} | _address_of(request.data)
        user = resource_of(request, User, filled=filled, context=context)
        made = actions.create_scim_user(by=by, wanted=newcomer_of(user))
        return shown(request, _read(by, made), Context.RESOURCE_CREATION_RESPONSE, 201)


class UserSearchView(ScimView):
    def post(self, request: Request) -> Response:
        """Find people, with what is looked for in the body (RFC 7644 section 3.4.3)."""
        return search(request)


class UserView(ScimView):
    def get(self, request: Request, membership_id: uuid.UUID) -> Response:
        """One person's place."""
        return shown(request, _read(actor_of(request), membership_id), Context.RESOURCE_QUERY_RESPONSE)

    def put(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Make it what was sent."""
        by = actor_of(request)
        current = access.scim_user(by=by, membership_id=membership_id).wanted
        kept = {"active": current.active, MEDICUS: {"function": current.function.value}}
        filled = {"emails": [{"value": current.email}]} | kept | _address_of(request.data)
        user = resource_of(request, User, filled=filled, context=Context.RESOURCE_REPLACEMENT_REQUEST)
        wanted = replacement_of(user, current)
        actions.change_scim_user(by=by, membership_id=membership_id, wanted=wanted)
        return shown(request, _read(by, membership_id), Context.RESOURCE_REPLACEMENT_RESPONSE)

    def patch(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Change parts of it."""
        by = actor_of(request)
        known = access.scim_user(by=by, membership_id=membership_id)
        user = patched(request, user_of(known, base=base_address()))
        wanted = change_of(user, known.wanted)
        actions.change_scim_user(by=by, membership_id=membership_id, wanted=wanted)
        return shown(request, _read(by, membership_id), Context.RESOURCE_PATCH_RESPONSE)

    def delete(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Close it."""
        actions.delete_scim_user(by=actor_of(request), membership_id=membership_id)
        return Response(status=204)


def search(request: Request) -> Response:
    """Answer with a page of people."""
    asked = asked_of(request)
    total, known = access.scim_users(by=actor_of(request), asked=asked)
    base, wanted = base_address(), attributes_of(request)
    users = [dumped(user_of(each, base=base), Context.RESOURCE_QUERY_RESPONSE, wanted) for each in known]
    return listed(users, total=total, start=asked.start)


def _read(by: Actor, membership_id: uuid.UUID) -> User:
    return user_of(access.scim_user(by=by, membership_id=membership_id), base=base_address())


def _address_of(sent: Any) -> dict[str, Any]:
    """Where no address was sent, but the name of a user is one."""
    names = {str(name).lower(): value for name, value in sent.items()} if isinstance(sent, dict) else {}
    name = names.get("username")
    return {"emails": [{"value": name}]} if isinstance(name, str) and "@" in name else {}
