"""From a session to the person who acts: the check that each request, page and socket passes."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.http import HttpRequest, parse_cookie

from identity import sessions
from identity.access.notices import open_notices
from identity.access.rules import demands_passkey, policy_in
from identity.models import Device, Membership, Organisation, Person, Policy
from identity.policies import permits
from identity.session_store import SessionStore
from identity.states import CLINICAL, PASSKEY_WAYS, Function, OrganisationKind
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound, Unauthenticated

STRANGER = Actor(person_id=None, organisation_id=None, membership_id=None, roles=frozenset())
"""Somebody who has not signed in."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A checked session: who acts, and the rows it was checked against.

    has_choice: the person has other memberships to act in, and the session may. notice_id: a sign-in that they are
    asked about. Both are for pages alone, and looked for nowhere else."""

    actor: Actor
    membership: Membership
    session: sessions.FullSession
    idle_ends_at: datetime
    has_choice: bool
    notice_id: uuid.UUID | None

    @property
    def policy(self) -> Policy:
        """What the organisation demands in which the person acts."""
        return policy_in(self.membership)

    @property
    def wants_passkey(self) -> bool:
        """The organisation demands a passkey, and the session has shown another second factor."""
        return demands_passkey(self.membership) and self.session.way not in PASSKEY_WAYS


def signed_in(session: SessionBase, *, for_page: bool) -> SignedIn | None:
    """Check a session in one query: person, `auth_version`, membership and device as they are now."""
    state = sessions.full(session)
    if state is None:
        return None
    rows = Session.objects.filter(session_key=state.session_key, expire_date__gt=now())
    membership = (
        valid_memberships()
        .filter(id=state.membership_id, person=state.person_id, person__auth_version=state.auth_version)
        .select_related("person", "organisation__policy", "department")
        .annotate(
            device_holds=_device_holds(state.device_id),
            idle_ends_at=Subquery(rows.values("expire_date")[:1]),
            notice_id=_notice(state) if for_page else Value(None, UUIDField()),
            has_choice=_other_places() if for_page else Value(False),  # noqa: FBT003
        )
        .first()
    )
    if membership is None or membership.idle_ends_at is None:
        return None
    device_id = state.device_id if membership.device_holds else None
    actor = actor_in(membership, device_id=device_id, verified_at=state.verified_at)
    has_choice = membership.has_choice and not state.confined
    return SignedIn(actor, membership, state, membership.idle_ends_at, has_choice, membership.notice_id)


def _notice(state: sessions.FullSession) -> Subquery:
    notices = open_notices(person_id=OuterRef("person"), browser_since=state.browser_since)
    return Subquery(notices.values("id")[:1])


def _other_places() -> Exists:
    return Exists(valid_memberships().filter(person=OuterRef("person")).exclude(id=OuterRef("id")))


def _device_holds(device_id: uuid.UUID | None) -> Exists | Value:
    """Whether the session's device is active, and of this very person and organisation."""
    if device_id is None:
        return Value(False)  # noqa: FBT003
    mine = Device.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    return Exists(mine.filter(id=device_id, revoked_at=None, expires_at__gt=now()))


def valid_memberships() -> QuerySet[Membership]:
    """Memberships that hold now, of people who are active."""
    at = now()
    return Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at),
        valid_from__lte=at,
        deactivated_at=None,
        person__is_active=True,
    )


def hold_place(*, by: Actor) -> Membership:
    """Lock the acting person's membership until the transaction ends. An offboarding holds it, too: it comes before, and
    nothing is begun any more, or after, and ends what was begun.

    Raises:
        NotFound: they have none that holds now.
    """
    if by.membership_id is None:
        raise NotFound
    place = valid_memberships().select_for_update(of=("self",)).filter(id=by.membership_id).first()
    if place is None:
        raise NotFound
    return place


def actor_in(
    membership: Membership, *, device_id: uuid.UUID | None = None, verified_at: datetime | None = None
) -> Actor:
    """The actor that a person is in one membership."""
    return Actor(
        person_id=membership.person_id,
        organisation_id=membership.organisation_id,
        membership_id=membership.id,
        roles=frozenset(_roles(membership)),
        device_id=device_id,
        verified_at=verified_at,
        organisation_verified=membership.organisation.verified_at is not None,
    )


def is_of_verified(by: Actor) -> bool:
    """Whether the actor's organisation is verified: only then it sees others, and they it."""
    if by.organisation_verified is not None:
        return by.organisation_verified
    if by.organisation_id is None:
        return False
    return Organisation.objects.filter(id=by.organisation_id, verified_at__isnull=False).exists()


def _roles(membership: Membership) -> Iterable[Role]:
    """An operator administers nobody: whoever could invite the second operator would approve alone."""
    if membership.organisation.kind == OrganisationKind.OPERATOR:
        yield from {Role.OPERATOR} if membership.is_admin else ()
        return
    if membership.function in CLINICAL:
        yield Role.CLINICIAN
    if membership.function == Function.PATIENT:
        yield Role.PATIENT
    if membership.is_admin:
        yield Role.ADMIN


def half_signed_actor(session: SessionBase) -> Actor:
    """Who has given the password and not yet the second factor: a person without any role or organisation.

    Raises:
        Unauthenticated: nobody, or the ten minutes are over, or the person's sessions were ended.
    """
    half = sessions.half(session)
    if half is None:
        raise Unauthenticated
    person = Person.objects.filter(id=half.person_id, auth_version=half.auth_version, is_active=True)
    if not person.exists():
        raise Unauthenticated
    return Actor(person_id=half.person_id, organisation_id=None, membership_id=None, roles=frozenset())


def whoever(request: Any) -> Actor:
    """Who acts: signed in, half signed in, or a stranger."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        return actor
    return half_signed_actor(request.session) if sessions.half(request.session) else STRANGER


def actor_of(request: Any) -> Actor:
    """Who acts in a request of Django or DRF.

    Raises:
        Unauthenticated: nobody is signed in, which only a view marked `public` or `half_signed` can meet.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Unauthenticated
    return actor


def actor_or_stranger(request: HttpRequest) -> Actor:
    """Who acts in a request that strangers may make too."""
    return getattr(request, "actor", None) or STRANGER


def signed_in_of(request: HttpRequest) -> SignedIn | None:
    """The checked session that the middleware found."""
    return getattr(request, "signed_in", None)


async def actor_of_scope(scope: dict[str, Any]) -> Actor | None:
    """Who acts behind an ASGI scope (http or websocket): the same checks as for a page, by the cookie alone.

    What a patient reaches by it, the actions and access functions behind it say.
    Puts what `sessions_still_valid` needs into `scope["medicus.session"]`."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    key = parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    found: SignedIn | None = await database_sync_to_async(_signed_in_by_key)(key)
    address = (scope.get("client") or [""])[0]
    if found is None or found.wants_passkey or not permits(found.policy.networks, address):
        return None
    scope["medicus.session"] = replace(found.session, address=address)
    scope["medicus.active_at"] = now()
    return found.actor


async def note_activity_of_scope(scope: dict[str, Any]) -> None:
    """Move the idle limit for what a person did over an open socket; call it as often as you like."""
    state, noted_at = scope["medicus.session"], scope["medicus.active_at"]
    if now() - noted_at >= timedelta(seconds=sessions.ACTIVITY_SECONDS):
        scope["medicus.active_at"] = now()
        await database_sync_to_async(sessions.note_activity)(state, idle_ends_at=noted_at)


def _signed_in_by_key(key: str) -> SignedIn | None:
    found = signed_in(SessionStore(key), for_page=False)
    if found is not None:
        sessions.note_activity(found.session, idle_ends_at=found.idle_ends_at)
    return found


def sessions_still_valid(states: Collection[sessions.FullSession]) -> set[str]:
    """Of the sessions of many sockets, the keys of those that may stay: four queries, however many."""
    at = now()
    keys = Session.objects.filter(session_key__in=[state.session_key for state in states], expire_date__gt=at)
    people = Person.objects.filter(id__in={state.person_id for state in states}, is_active=True)
    memberships = (
        valid_memberships()
        .filter(id__in={state.membership_id for state in states})
        .select_related("organisation__policy")
        .only(
            "person_id",
            "is_admin",
            "function",
            "organisation__id",
            "organisation__policy__second_factor",
            "organisation__policy__networks",
        )
    )
    devices = Device.objects.filter(
        id__in={state.device_id for state in states if state.device_id}, revoked_at=None, expires_at__gt=at
    )
    alive = set(keys.values_list("session_key", flat=True))
    versions = set(people.values_list("id", "auth_version"))
    places = {place.id: place for place in memberships}
    keyed = set(devices.values_list("id", "person_id"))
    return {
        state.session_key
        for state in states
        if state.session_key in alive
        and (state.person_id, state.auth_version) in versions
        and _place_holds(state, places.get(state.membership_id))
        and (state.device_id is None or (state.device_id, state.person_id) in keyed)
    }


def _place_holds(state: sessions.FullSession, place: Membership | None) -> bool:
    """Whether a socket's membership holds, and its organisation's policies permit the socket."""
    if place is None or place.person_id != state.person_id:
        return False
    if demands_passkey(place) and state.way not in PASSKEY_WAYS:
        return False
    return state.address is None or permits(policy_in(place).networks, state.address)
