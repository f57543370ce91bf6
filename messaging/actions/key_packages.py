"""The key-package directory: devices leave packages there, whoever wants to add a device claims one."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Min

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from messaging.access.key_packages import available, claimable
from messaging.envelope import KeyPackage as Parsed
from messaging.envelope import parse_key_package
from messaging.models import KeyPackage
from messaging.refusals import KeyPackageRefused
from messaging.states import KEY_PACKAGE_DAYS, KEY_PACKAGE_LIFETIME_DAYS, KEY_PACKAGES_PER_DEVICE

if TYPE_CHECKING:
    from identity.models import Device

_OLDEST = """
SELECT package.* FROM unnest(%s::uuid[]) AS wanted (device_id) CROSS JOIN LATERAL (
  SELECT * FROM messaging_keypackage
  WHERE device_id = wanted.device_id AND claimed_at IS NULL AND NOT is_last_resort AND expires_at > %s
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) AS package
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    person_id: uuid.UUID
    device_id: uuid.UUID
    content: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """`without_device`: people for whom there is no device to add, whoever they are."""

    claimed: tuple[Claimed, ...]
    without_device: tuple[uuid.UUID, ...]


@transaction.atomic
def upload_key_packages(*, by: Actor, contents: Sequence[bytes], last_resort: bytes | None) -> int:
    """Put key packages of the actor's own device into the directory; return how many can be claimed.

    contents: bare KeyPackages; one that is there already is passed over, so repeating an upload is safe.
    last_resort: replaces the former one.

    Raises:
        DeviceNeeded: the session holds no device.
        EnvelopeRefused: malformed, or a signature is wrong.
        KeyPackageRefused: of another device or key, expired, valid for too long, or too many.
    """
    device = identity.own_device(by=by, device_id=identity.require_device(by=by))
    at = now()
    rows = [_row(content, device, at) for content in contents]
    if last_resort is not None:
        KeyPackage.objects.filter(device=device, is_last_resort=True).delete()
        rows.append(_row(last_resort, device, at, is_last_resort=True))
    KeyPackage.objects.bulk_create(rows, ignore_conflicts=True)
    count = available(by=by)
    if count > KEY_PACKAGES_PER_DEVICE:
        raise KeyPackageRefused(reason="too-many", limit=KEY_PACKAGES_PER_DEVICE)
    details = {"key_packages": len(contents), "last_resort": int(last_resort is not None)}
    audit.record(Event.KEY_PACKAGE_UPLOAD, by=by, subject=f"device/{device.id}", details=details)
    return count


def _row(content: bytes, device: "Device", at: datetime, *, is_last_resort: bool = False) -> KeyPackage:
    package = parse_key_package(content)
    package.verify()
    not_after = _check(package, device, at)
    until = not_after if is_last_resort else min(not_after, at + timedelta(days=KEY_PACKAGE_DAYS))
    return KeyPackage(
        device_id=device.id,
        reference=package.reference,
        content=content,
        is_last_resort=is_last_resort,
        created_at=at,
        expires_at=until,
    )


def _check(package: Parsed, device: "Device", at: datetime) -> datetime:
    leaf = package.leaf
    if leaf.identity != device.mls_identity or leaf.thumbprint != device.mls_thumbprint:
        raise KeyPackageRefused(reason="leaf-identity")
    if leaf.not_before is None or leaf.not_after is None or not leaf.not_before <= at < leaf.not_after:
        raise KeyPackageRefused(reason="not-valid-now")
    if leaf.not_after - at > timedelta(days=KEY_PACKAGE_LIFETIME_DAYS):
        raise KeyPackageRefused(reason="valid-too-long")
    return leaf.not_after


@transaction.atomic
def claim_key_packages(
    *, by: Actor, person_ids: Collection[uuid.UUID], device_ids: Collection[uuid.UUID] | None = None
) -> Claim:
    """Claim one key package for each active device of these people, except the actor's own device.

    device_ids: only of these; whoever brings one more device of a person in leaves the others' packages alone.
    Patients claim for their own devices alone, and theirs are given to who has to do with them
    (`identity.access.visible_devices`): to all others it is as if they had none.
    A package is given out once; when a device has none left, its last-resort package is given.

    Raises:
        DeviceNeeded: the session holds no device.
    """
    own = identity.require_device(by=by)
    devices = {
        device.id: device
        for device in _reachable(by, person_ids)
        if device.id != own
        and device.organisation.verified_at is not None
        and (device_ids is None or device.id in device_ids)
    }
    packages = _take(list(devices), now())
    claimed = tuple(
        Claimed(devices[package.device_id].person_id, package.device_id, bytes(package.content))
        for package in packages
    )
    for organisation_id in {by.organisation_id} | {
        devices[one.device_id].organisation_id for one in packages
    }:
        audit.record(
            Event.KEY_PACKAGE_CLAIM, by=by, organisation_id=organisation_id, details={"claimed": len(claimed)}
        )
    reached = {one.person_id for one in claimed}
    return Claim(claimed, tuple(person_id for person_id in person_ids if person_id not in reached))


def _reachable(by: Actor, person_ids: Collection[uuid.UUID]) -> list["Device"]:
    patients = identity.patient_devices_of(by=by, person_ids=person_ids)
    return patients if by.has(Role.PATIENT) else patients + identity.devices_of(by=by, person_ids=person_ids)


def _take(device_ids: list[uuid.UUID], at: datetime) -> list[KeyPackage]:
    """The oldest free package of each device, else its last-resort one."""
    taken = _lock_oldest(device_ids, at)
    missing = set(device_ids) - {package.device_id for package in taken}
    taken += KeyPackage.objects.filter(device__in=missing, is_last_resort=True, expires_at__gt=at)
    KeyPackage.objects.filter(id__in=[package.id for package in taken]).update(claimed_at=at)
    return taken


def _lock_oldest(device_ids: list[uuid.UUID], at: datetime) -> list[KeyPackage]:
    """Where claims run side by side, each passes over what another one holds; elsewhere they queue anyway."""
    if connection.features.has_select_for_update_skip_locked:
        return list(KeyPackage.objects.raw(_OLDEST, [device_ids, at]))
    oldest = claimable(device_ids).order_by().values("device_id").annotate(oldest=Min("id"))
    return list(KeyPackage.objects.filter(id__in=[row["oldest"] for row in oldest]))
