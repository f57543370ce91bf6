"""API keys: made and revoked by administrators, used by the systems of a hospital.

A key is shown once and never kept; the row holds SHA-256 of it. 256 random bits need no slow hash."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.api_keys import api_key, api_key_by_token, keys_made_by, state_of_key
from identity.access.invitations import digest
from identity.actions import attempts
from identity.actions.authorisation import require_administrator, require_provisioning
from identity.bearer import SHOWN, new_key
from identity.models import ApiKey
from identity.states import ApiKeyRefusal, ApiKeyState
from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound, Unauthenticated
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id

DAYS, MAXIMUM_DAYS = 365, 730
USE_WRITTEN_EVERY = timedelta(minutes=5)
_REFUSALS = {ApiKeyState.EXPIRED: ApiKeyRefusal.EXPIRED, ApiKeyState.REVOKED: ApiKeyRefusal.REVOKED}


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A fresh key and its text, which nobody can read again."""

    key: ApiKey
    token: str


def create_api_key(
    *, by: Actor, organisation_id: uuid.UUID, name: str, scopes: Collection[Scope], days: int = DAYS
) -> MadeKey:
    """Make a key for a system of the organisation.

    days: how long it holds; at most two years.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    require_administrator(by, organisation_id)
    require_fresh(by)
    _check(name, scopes, days)
    token, at = new_key(), now()
    key = ApiKey(
        id=new_id(),
        organisation_id=organisation_id,
        name=name.strip(),
        scopes=sorted(scopes),
        prefix=token[:SHOWN],
        key_hash=digest(token),
        created_by_id=by.person_id,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    with transaction.atomic():
        key.save(force_insert=True)
        _record(Event.API_KEY_CREATE, by, key, {"scopes": " ".join(key.scopes), "days": days})
    return MadeKey(key, token)


def revoke_api_key(*, by: Actor, api_key_id: uuid.UUID) -> ApiKey:
    """End a key at once: the next request with it is refused.

    Raises:
        NotFound: absent, or the actor does not administer its organisation.
        Conflict: it was revoked before.
    """
    key = api_key(by=by, api_key_id=api_key_id)
    with transaction.atomic():
        key.revoked_at = now()
        if not ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=key.revoked_at):
            raise Conflict(_("This key was revoked before."))
        _record(Event.API_KEY_REVOKE, by, key, {})
    return key


def revoke_keys_made_by(*, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> int:
    """Revoke the keys that somebody who leaves has made, and so has seen, in the caller's transaction; return how
    many. The key that acts goes on: whoever holds it could not end the next person's access without it.

    Raises:
        NotFound: not an administrator of this organisation.
    """
    require_provisioning(by, organisation_id)
    made = keys_made_by(person_id=person_id, organisation_id=organisation_id)
    if by.api_key_id:
        made = made.exclude(id=by.api_key_id)
    keys = list(made.select_for_update().order_by("id"))
    for key in keys:
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
        _record(Event.API_KEY_REVOKE, by, key, {})
    return len(keys)


def use_api_key(*, by: Actor, token: str, scope: Scope | None, address: str) -> Actor:
    """Let a system act by its key, at a door that is open to `scope`; None: to no key.

    address: the client's network address; a hundred refusals from one end the trying for a quarter of an hour.

    Raises:
        Unauthenticated: the key is unknown, expired or revoked: one answer.
        NotFound: it does not open this door.
        TooManyAttempts: too many refused keys from this address.
    """
    key = api_key_by_token(token)
    state = state_of_key(key, at=now()) if key else None
    if key is None or state != ApiKeyState.ACTIVE:
        _refuse(
            by, key, _REFUSALS.get(state, ApiKeyRefusal.UNKNOWN) if state else ApiKeyRefusal.UNKNOWN, address
        )
    if scope is None or scope not in key.scopes:
        _refuse(by, key, ApiKeyRefusal.SCOPE, address)
    _note_use(key)
    return Actor(
        person_id=None,
        organisation_id=key.organisation_id,
        membership_id=None,
        roles=frozenset({Role.SERVICE}),
        api_key_id=key.id,
        scopes=frozenset(Scope(each) for each in key.scopes),
    )


def refuse_key_in_address(*, by: Actor, token: str, address: str) -> NoReturn:
    """Refuse a request with a key in its address, and record it: the key should be replaced.

    Raises:
        Invalid: always; or see `use_api_key` for one that is unknown too often.
    """
    _refuse(by, api_key_by_token(token), ApiKeyRefusal.IN_ADDRESS, address)


def _check(name: str, scopes: Collection[Scope], days: int) -> None:
    errors = {}
    if not 1 <= len(name.strip()) <= 100:  # noqa: PLR2004 (as the column)
        errors["name"] = _("Please give the key a name of up to 100 characters.")
    if not scopes or not set(scopes) <= set(Scope):
        errors["scopes"] = _("Please choose what the key opens.")
    if not 1 <= days <= MAXIMUM_DAYS:
        errors["days"] = _("A key holds between one day and two years.")
    if errors:
        raise Invalid(errors=errors)


def _note_use(key: ApiKey) -> None:
    """Write when a key was used, at most every few minutes: many requests, few writes."""
    at = now()
    if key.last_used_at is None or at - key.last_used_at >= USE_WRITTEN_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_WRITTEN_EVERY)
        ApiKey.objects.filter(stale, id=key.id).update(last_used_at=at)


def _refuse(by: Actor, key: ApiKey | None, reason: ApiKeyRefusal, address: str) -> NoReturn:
    attempts.count(attempts.api_key_limits(address=address))
    with transaction.atomic():
        audit.record(
            Event.API_KEY_REFUSE,
            by=by,
            subject=f"api-key/{key.id}" if key else "",
            organisation_id=key.organisation_id if key else None,
            details={"reason": reason.value},
        )
    if reason == ApiKeyRefusal.IN_ADDRESS:
        raise Invalid(
            _("A key belongs into the header Authorization, never into an address. Please replace it.")
        )
    raise NotFound if reason == ApiKeyRefusal.SCOPE else Unauthenticated


def _record(event: Event, by: Actor, key: ApiKey, details: dict[str, str | int]) -> None:
    audit.record(
        event, by=by, subject=f"api-key/{key.id}", organisation_id=key.organisation_id, details=details
    )
