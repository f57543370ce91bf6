"""A person's own account, as its owner sees it: sessions, devices, factors, and the sign-ins of late."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from identity import sessions
from identity.access.directory import Coded, coded_languages
from identity.access.factors import own_passkeys
from identity.access.statements import own_languages
from identity.models import Device, Membership, Passkey, Person, RecoveryCode, SignIn, TotpSecret
from identity.states import NoticeAnswer, way_name
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

HISTORY = 20


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session that is open. `is_this`: the one that asks. `active_at`: to within two minutes."""

    id: uuid.UUID
    session_key: str
    browser: str
    system: str
    network: str
    organisation_name: str
    started_at: datetime
    active_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A device that is neither revoked nor expired. `is_this`: the session is attached to it."""

    id: uuid.UUID
    name: str
    created_at: datetime
    last_seen_at: datetime | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class PastSignIn:
    at: datetime
    way: str
    succeeded: bool
    browser: str
    system: str
    network: str
    disputed: bool


@dataclass(frozen=True, slots=True)
class Account:
    """`totp_since`: when the authenticator app was confirmed. `history`: the newest first."""

    email: str
    sessions: list[OwnSession]
    devices: list[OwnDevice]
    totp_since: datetime | None
    passkeys: list[Passkey]
    codes_left: int
    history: list[PastSignIn]
    languages: tuple[Coded, ...]

    @property
    def has_other_sessions(self) -> bool:
        return any(not open_one.is_this for open_one in self.sessions)


def account(*, by: Actor, session_key: str | None) -> Account:
    """Describe the acting person's account. session_key: of the session that asks.

    Raises:
        NotFound: nobody acts.
    """
    person = Person.objects.filter(id=by.person_id).first() if by.person_id else None
    if person is None:
        raise NotFound
    return Account(
        email=person.email,
        sessions=_own_sessions(by, session_key),
        devices=_own_devices(by),
        totp_since=TotpSecret.objects.filter(person=person, confirmed_at__isnull=False)
        .values_list("confirmed_at", flat=True)
        .first(),
        passkeys=own_passkeys(by=by),
        codes_left=recovery_codes_left(by=by),
        history=_history(person),
        languages=coded_languages(own_languages(by=by)),
    )


def recovery_codes_left(*, by: Actor) -> int:
    """How many recovery codes of the acting person are unused."""
    return RecoveryCode.objects.filter(person=by.person_id, used_at=None).count()


def own_session(*, by: Actor, sign_in_id: uuid.UUID) -> sessions.FullSession:
    """Get an open session of the acting person by the sign-in that began it.

    Raises:
        NotFound: absent, over, or somebody else's.
    """
    for state, row in live_sessions(by=by):
        if row.id == sign_in_id:
            return state
    raise NotFound


def own_open_device(*, by: Actor, device_id: uuid.UUID) -> OwnDevice:
    """Get an active device of the acting person, as the account's page shows it.

    Raises:
        NotFound: absent, revoked, expired, or somebody else's.
    """
    for device in _own_devices(by):
        if device.id == device_id:
            return device
    raise NotFound


def live_sessions(*, by: Actor) -> list[tuple[sessions.FullSession, SignIn]]:
    """The open sessions of the acting person with their sign-ins, the newest first."""
    return [(state, row) for state, row, _ in _live(by)]


def _live(by: Actor) -> list[tuple[sessions.FullSession, SignIn, Session]]:
    since = now() - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    began = SignIn.objects.filter(person=by.person_id, succeeded=True, at__gt=since).order_by("-at", "-id")
    by_key = {row.session_key or "": row for row in began.select_related("person")}
    open_rows = Session.objects.filter(session_key__in=by_key, expire_date__gt=now())
    found = [(sessions.full_of_row(row), by_key[row.session_key], row) for row in open_rows]
    holding = [
        (state, row, open_row)
        for state, row, open_row in found
        if state and row.person and state.auth_version == row.person.auth_version
    ]
    return sorted(holding, key=lambda one: (one[1].at, one[1].id), reverse=True)


def _own_sessions(by: Actor, session_key: str | None) -> list[OwnSession]:
    live = _live(by)
    places = Membership.objects.filter(person=by.person_id).select_related("organisation")
    names = {place.id: place.organisation.name for place in places}
    return [
        OwnSession(
            id=row.id,
            session_key=state.session_key,
            browser=row.browser,
            system=row.system,
            network=row.network,
            organisation_name=names.get(state.membership_id, ""),
            started_at=state.started_at,
            active_at=max(state.started_at, sessions.active_at(state, open_row)),
            is_this=state.session_key == session_key,
        )
        for state, row, open_row in live
    ]


def _own_devices(by: Actor) -> list[OwnDevice]:
    mine = Device.objects.filter(person=by.person_id, organisation=by.organisation_id)
    active = mine.filter(revoked_at=None, expires_at__gt=now()).order_by("-created_at", "id")
    return [
        OwnDevice(device.id, device.name, device.created_at, device.last_seen_at, device.id == by.device_id)
        for device in active
    ]


def _history(person: Person) -> list[PastSignIn]:
    rows = SignIn.objects.filter(person=person).order_by("-at", "-id")[:HISTORY]
    return [
        PastSignIn(
            at=row.at,
            way=way_name(row.way),
            succeeded=row.succeeded,
            browser=row.browser,
            system=row.system,
            network=row.network,
            disputed=row.answer == NoticeAnswer.NOT_MINE,
        )
        for row in rows
    ]
