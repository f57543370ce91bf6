"""The key of each object: random, used for its parts only, wrapped by its organisation's wrapping key."""

import os
from dataclasses import dataclass
from uuid import UUID

from medicus.lib.errors import NotFound
from storage.encryption import KEY_BYTES
from storage.keys import xaes
from storage.keys.organisation import OrganisationSecret, unwrapped
from storage.models import StoredObject


@dataclass(frozen=True, slots=True)
class Binding:
    """What an object's key and bytes are bound to: neither opens in another place, nor at another length."""

    organisation_id: UUID
    object_id: UUID
    kind: str

    def of_key(self, size_bytes: int) -> bytes:
        return f"medicus/data-key/1|{self._object()}|{size_bytes}".encode()

    def of_part(self, start_bytes: int) -> bytes:
        return f"medicus/object-part/1|{self._object()}|{start_bytes}".encode()

    def _object(self) -> str:
        return f"{self.organisation_id}|{self.object_id}|{self.kind}"


def binding_of(stored_object: StoredObject) -> Binding:
    return Binding(stored_object.organisation_id, stored_object.id, stored_object.kind)


def new_data_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap(data_key: bytes, secret: OrganisationSecret, binding: Binding, size_bytes: int) -> bytes:
    """Wrap a data key for its row."""
    return xaes.seal(secret.key("wrapping"), data_key, binding.of_key(size_bytes))


def data_key_of(stored_object: StoredObject) -> bytes:
    """Unwrap the object's data key.

    Raises:
        NotFound: it was shredded.
        Damaged: the row was changed behind our back: organisation, id, kind or size.
    """
    if stored_object.wrapped_key is None:
        raise NotFound
    secret = unwrapped(stored_object.organisation_key)
    associated_data = binding_of(stored_object).of_key(stored_object.size_bytes)
    return xaes.unseal(secret.key("wrapping"), bytes(stored_object.wrapped_key), associated_data)
