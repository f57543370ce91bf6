"""Sealed attributes: what identifies a person stands encrypted in its row, and is found by a blind index.

    sealed_name = attributes.seal(organisation_id, "patient.name", b"…")
    name = attributes.unseal(organisation_id, "patient.name", sealed_name)
    index = attributes.blind_index(organisation_id, "patient.identifier", "4711")

The context names the field (and, where two rows must not be swapped, the row's id): a value opens under the
organisation and context that sealed it, nowhere else. Each of these three makes one query; a page that opens
many values takes a `Keyring` first: `ring = attributes.keyring([organisation_id, …])`, then `ring.unseal(…)`.

A sealed value is the key's version (4 bytes, big-endian), then XAES-256-GCM under the attribute key.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from storage.errors import Damaged
from storage.keys import xaes
from storage.keys.organisation import OrganisationSecret, current_secret, secrets_of

INDEX_BYTES = 32
_VERSION_BYTES = 4


class Keyring:
    """The attribute and index keys of some organisations, unwrapped once. Keep it for one request only."""

    def __init__(self, secrets: Iterable[OrganisationSecret]) -> None:
        self._attribute_keys: dict[tuple[UUID, int], bytes] = {}
        self._index_keys: dict[UUID, bytes] = {}
        self._newest: dict[UUID, int] = {}
        for secret in sorted(secrets, key=lambda secret: secret.version):
            self._attribute_keys[secret.organisation_id, secret.version] = secret.key("attributes")
            self._index_keys.setdefault(secret.organisation_id, secret.key("index"))
            self._newest[secret.organisation_id] = secret.version

    def seal(self, organisation_id: UUID, context: str, plaintext: bytes) -> bytes:
        """Encrypt `plaintext` for this organisation and context."""
        version = self._newest[organisation_id]
        key = self._attribute_keys[organisation_id, version]
        return version.to_bytes(_VERSION_BYTES, "big") + xaes.seal(
            key, plaintext, _bound(organisation_id, context)
        )

    def unseal(self, organisation_id: UUID, context: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made.

        Raises:
            Damaged: the bytes, the organisation or the context is wrong, or the key is destroyed.
        """
        sealed = bytes(sealed)
        version = int.from_bytes(sealed[:_VERSION_BYTES], "big")
        key = self._attribute_keys.get((organisation_id, version))
        if key is None:
            raise Damaged("the key of a sealed value is not here")
        return xaes.unseal(key, sealed[_VERSION_BYTES:], _bound(organisation_id, context))

    def blind_index(self, organisation_id: UUID, context: str, text: str) -> bytes:
        """A keyed digest of `text`, 32 bytes: equal texts of one organisation and context give equal digests.

        Upper and lower case, composed letters and outer white space make no difference."""
        folded = unicodedata.normalize("NFKC", text).casefold().strip()
        message = _bound(organisation_id, context) + b"\0" + folded.encode()
        return hmac.digest(self._index_keys[organisation_id], message, "sha256")


def keyring(organisation_ids: Iterable[UUID]) -> Keyring:
    """The keys of these organisations, by one query (more only where an organisation has no key yet)."""
    wanted = set(organisation_ids)
    found = secrets_of(wanted)
    for organisation_id in wanted - {secret.organisation_id for secret in found}:
        found.append(current_secret(organisation_id))
    return Keyring(found)


def seal(organisation_id: UUID, context: str, plaintext: bytes) -> bytes:
    """`Keyring.seal`, for a single value."""
    return keyring([organisation_id]).seal(organisation_id, context, plaintext)


def unseal(organisation_id: UUID, context: str, sealed: bytes) -> bytes:
    """`Keyring.unseal`, for a single value."""
    return keyring([organisation_id]).unseal(organisation_id, context, sealed)


def blind_index(organisation_id: UUID, context: str, text: str) -> bytes:
    """`Keyring.blind_index`, for a single value."""
    return keyring([organisation_id]).blind_index(organisation_id, context, text)


def _bound(organisation_id: UUID, context: str) -> bytes:
    return f"medicus/attribute/1|{organisation_id}|{context}".encode()
