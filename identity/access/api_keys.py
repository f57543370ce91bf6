"""The API keys of an organisation, as its administrators see them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from identity.access.invitations import digest
from identity.access.staff import administered
from identity.models import ApiKey
from identity.states import ApiKeyState
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ApiKeyCard:
    """A key without its secret. last_used_at: to within a few minutes. ends_soon: within thirty days."""

    id: uuid.UUID
    name: str
    scopes: list[str]
    prefix: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    state: ApiKeyState
    ends_soon: bool


def api_keys(*, by: Actor, organisation_id: uuid.UUID | None = None) -> list[ApiKeyCard]:
    """The keys of the organisation that the actor administers: those that hold first, the newest first.

    organisation_id: for the service itself, which administers none.

    Raises:
        NotFound: not an administrator.
    """
    owner = organisation_id if by.has(Role.SYSTEM) else administered(by=by)
    rows = (
        ApiKey.objects.filter(organisation=owner).select_related("created_by").order_by("-created_at", "-id")
    )
    return sorted((card_of_key(row) for row in rows), key=lambda card: card.state != ApiKeyState.ACTIVE)


def api_key(*, by: Actor, api_key_id: uuid.UUID) -> ApiKey:
    """Get a key of the organisation that the actor administers; the service itself gets any.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    rows = (
        ApiKey.objects.all()
        if by.has(Role.SYSTEM)
        else ApiKey.objects.filter(organisation=administered(by=by))
    )
    found = rows.filter(id=api_key_id).first()
    if found is None:
        raise NotFound
    return found


def api_key_by_token(token: str) -> ApiKey | None:
    """Find a key by what its holder sends; whether it still holds, `state_of_key` says.

    The search is for a hash, so its time tells nothing about the keys that there are."""
    return ApiKey.objects.filter(key_hash=digest(token)).first()


def keys_made_by(*, person_id: uuid.UUID, organisation_id: uuid.UUID) -> QuerySet[ApiKey]:
    """The keys that still hold and that this person has made, and so has seen whole."""
    return ApiKey.objects.filter(
        created_by=person_id, organisation=organisation_id, revoked_at=None, expires_at__gt=now()
    )


def state_of_key(key: ApiKey, *, at: datetime) -> ApiKeyState:
    """What a key is at an instant."""
    if key.revoked_at is not None:
        return ApiKeyState.REVOKED
    return ApiKeyState.EXPIRED if key.expires_at <= at else ApiKeyState.ACTIVE


def card_of_key(key: ApiKey) -> ApiKeyCard:
    """Show a key."""
    at = now()
    state = state_of_key(key, at=at)
    return ApiKeyCard(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        prefix=key.prefix,
        created_by=key.created_by.name if key.created_by else "",
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        state=state,
        ends_soon=state == ApiKeyState.ACTIVE and key.expires_at - at <= SOON,
    )


def names_by_api_key_id(api_key_ids: Collection[str]) -> dict[str, str]:
    """Names for the audit pages."""
    found = ApiKey.objects.filter(id__in=api_key_ids).values_list("id", "name")
    return {str(identifier): name for identifier, name in found}
