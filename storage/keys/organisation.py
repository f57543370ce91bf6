"""Organisations' secrets: made at first need, by version, and what is derived from them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from medicus.lib.clock import now
from storage.keys.provider import provider
from storage.models import OrganisationKey

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class OrganisationSecret:
    """One version of an organisation's secret, unwrapped. Lives in memory only."""

    row_id: UUID
    organisation_id: UUID
    version: int
    secret: bytes

    def key(self, purpose: str) -> bytes:
        """The 32-byte key for `purpose`: wrapping, attributes or index."""
        return HKDFExpand(SHA256(), 32, f"medicus storage {purpose}".encode()).derive(self.secret)

    def __repr__(self) -> str:
        return f"OrganisationSecret({self.organisation_id}, version {self.version})"


def current_secret(organisation_id: UUID) -> OrganisationSecret:
    """The newest secret of the organisation; the first one is made here."""
    row = _newest(organisation_id)
    if row is None:
        _add(organisation_id, version=1)
        row = _newest(organisation_id)
        assert row is not None
    return unwrapped(row)


def secrets_of(organisation_ids: Iterable[UUID]) -> list[OrganisationSecret]:
    """All versions of several organisations, oldest first, by one query."""
    rows = OrganisationKey.objects.filter(organisation_id__in=set(organisation_ids)).order_by("version")
    return [unwrapped(row) for row in rows]


def add_version(organisation_id: UUID) -> OrganisationSecret:
    """Make the next version; what is new is wrapped by it from now on."""
    _add(organisation_id, version=current_secret(organisation_id).version + 1)
    return current_secret(organisation_id)


def unwrapped(row: OrganisationKey) -> OrganisationSecret:
    secret = provider().unwrap(bytes(row.wrapped_key), _context(row.organisation_id, row.version))
    return OrganisationSecret(row.id, row.organisation_id, row.version, secret)


def rewrap(row: OrganisationKey) -> None:
    """Wrap the row's secret anew, by the current root. The secret stays the same."""
    context = _context(row.organisation_id, row.version)
    row.wrapped_key = provider().wrap(provider().unwrap(bytes(row.wrapped_key), context), context)
    row.save(update_fields=["wrapped_key"])


def _newest(organisation_id: UUID) -> OrganisationKey | None:
    return OrganisationKey.objects.filter(organisation_id=organisation_id).order_by("-version").first()


def _add(organisation_id: UUID, *, version: int) -> None:
    """Two processes may do this at once: the first row stays, the other secret was never used."""
    wrapped = provider().wrap(os.urandom(SECRET_BYTES), _context(organisation_id, version))
    row = OrganisationKey(
        organisation_id=organisation_id, version=version, wrapped_key=wrapped, created_at=now()
    )
    OrganisationKey.objects.bulk_create([row], ignore_conflicts=True)


def _context(organisation_id: UUID, version: int) -> bytes:
    return f"medicus/organisation-key/1|{organisation_id}|{version}".encode()
