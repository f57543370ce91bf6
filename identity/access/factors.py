"""A person's second factors."""

import uuid

from identity.models import Passkey, TotpSecret
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def has_totp(*, person_id: uuid.UUID) -> bool:
    """Whether an authenticator app is set up and confirmed."""
    return TotpSecret.objects.filter(person=person_id, confirmed_at__isnull=False).exists()


def has_second_factor(*, person_id: uuid.UUID) -> bool:
    """Whether there is any: then a password alone enrols no other."""
    return has_totp(person_id=person_id) or Passkey.objects.filter(person=person_id).exists()


def own_passkeys(*, by: Actor) -> list[Passkey]:
    """The passkeys of the acting person, the oldest first; nobody has none."""
    return list(Passkey.objects.filter(person=by.person_id).order_by("id")) if by.person_id else []


def own_passkey(*, by: Actor, passkey_id: uuid.UUID) -> Passkey:
    """Get a passkey of the acting person.

    Raises:
        NotFound: absent, or somebody else's.
    """
    found = Passkey.objects.filter(id=passkey_id, person=by.person_id).first() if by.person_id else None
    if found is None:
        raise NotFound
    return found
