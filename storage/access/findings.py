"""Findings and shares, as an actor may see them: the own organisation's, and what others shared with them."""

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePosixPath

from django.db.models import Prefetch, Q, QuerySet

from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.access.cards import FindingCard, ShareCard
from storage.access.guarding import reached_in_emergency
from storage.access.patients import open_patient, patient_row, visible_patients
from storage.dicom.dates import as_day, as_time
from storage.dicom.limited import Attributes
from storage.keys.attributes import Keyring, keyring
from storage.models import DicomHeader, Finding, Patient, Share
from storage.states import EMERGENCY_ACCESS, MalwareScan, ObjectState, SharePurpose, ShareState

ALL_SHARES = Share.objects.select_related(
    "finding__patient", "membership__person", "membership__organisation", "created_by"
)


def active_shares(at: datetime) -> QuerySet[Share]:
    """Shares that open something at this moment, whether or not the reaper has been there."""
    return Share.objects.filter(state=ShareState.ACTIVE.value, expires_at__gt=at)


def visible_findings(*, by: Actor) -> QuerySet[Finding]:
    """The findings an actor may see: all of the own organisation's, and clean ones shared with them."""
    found = Finding.objects.select_related("stored_object", "patient__organisation", "patient__guarded_by")
    if by.has(Role.SYSTEM):
        return found
    if not by.has(Role.CLINICIAN):
        return found.none()
    own = Q(patient__in=visible_patients(by=by).values("id"))
    shares = active_shares(now()).filter(membership=by.membership_id).values("finding")
    shared = Q(stored_object__in=shares, stored_object__state=ObjectState.CLEAN.value)
    return found.filter(own | shared)


def finding_row(*, by: Actor, finding_id: uuid.UUID) -> Finding:
    """Get a finding's row, with its object and patient, still sealed.

    Raises:
        NotFound: absent, not for this actor, or not any more.
    """
    found = visible_findings(by=by).filter(stored_object=finding_id).first()
    if found is None:
        raise NotFound
    return found


def own_finding_row(*, by: Actor, finding_id: uuid.UUID) -> Finding:
    """Get a finding's row of the actor's own organisation, for what only that may do.

    Raises:
        NotFound: absent, another organisation's, or not for this actor.
    """
    found = finding_row(by=by, finding_id=finding_id)
    if not is_own(found, by):
        raise NotFound
    return found


def is_own(row: Finding, by: Actor) -> bool:
    return by.has(Role.SYSTEM) or row.patient.organisation_id == by.organisation_id


def purpose_for(row: Finding, *, by: Actor) -> str:
    """What a look is for: an emergency, or what the finding is shared for; "" within the own organisation."""
    if is_own(row, by):
        return purpose_within(row.patient, by=by)
    shares = active_shares(now()).filter(finding=row, membership=by.membership_id)
    return shares.values_list("purpose", flat=True).first() or ""


def purpose_within(row: Patient, *, by: Actor) -> str:
    """What a look at a folder of the own organisation is for: an emergency, or nothing that must be said."""
    return EMERGENCY_ACCESS if reached_in_emergency(row, by) else ""


def findings_of(*, by: Actor, patient_id: uuid.UUID) -> list[FindingCard]:
    """The findings of a patient of the own organisation, the newest first; what was deleted is left out.

    Raises:
        NotFound: the patient is absent or not for this actor.
    """
    patient = patient_row(by=by, patient_id=patient_id)
    rows = visible_findings(by=by).filter(patient=patient).order_by("-received_at", "-stored_object")
    return cards(rows.exclude(stored_object__state=ObjectState.SHREDDED.value), by=by)


def findings_shared_with(*, by: Actor) -> list[FindingCard]:
    """What other organisations have shared with the actor, the newest share first."""
    shares = active_shares(now()).filter(membership=by.membership_id).values("finding")
    found = cards(visible_findings(by=by).filter(stored_object__in=shares), by=by)
    received = [card for card in found if card.share]
    return sorted(received, key=lambda card: card.share.created_at if card.share else now(), reverse=True)


def finding_counts(patient_ids: Sequence[uuid.UUID]) -> Counter[uuid.UUID]:
    """How many findings each of these patients has; what was deleted does not count."""
    rows = Finding.objects.filter(patient__in=patient_ids).exclude(
        stored_object__state=ObjectState.SHREDDED.value
    )
    return Counter(rows.values_list("patient_id", flat=True))


def preview_of(row: Finding) -> bytes | None:
    """The small picture of a finding that the actor was found to be allowed to see, as PNG."""
    header = DicomHeader.objects.filter(finding=row).only("sealed_preview").first()
    if header is None or header.sealed_preview is None or row.stored_object.state != ObjectState.CLEAN:
        return None
    organisation_id = row.patient.organisation_id
    ring = keyring([organisation_id])
    return ring.unseal(organisation_id, sealing_context(row, "preview"), bytes(header.sealed_preview))


# opening rows


def cards(rows: QuerySet[Finding], *, by: Actor) -> list[FindingCard]:
    """Open rows that the actor was found to be allowed to see."""
    found = list(rows.prefetch_related(Prefetch("shares", ALL_SHARES.order_by("-created_at"))))
    ring = keyring({row.patient.organisation_id for row in found})
    return [_card(row, ring, by) for row in found]


def card(row: Finding, *, by: Actor) -> FindingCard:
    """`cards`, for a single row."""
    return cards(
        Finding.objects.select_related(
            "stored_object", "patient__organisation", "patient__guarded_by"
        ).filter(pk=row.pk),
        by=by,
    )[0]


def _card(row: Finding, ring: Keyring, by: Actor) -> FindingCard:
    attributes = _attributes(row, ring)
    shares = [share_card(share) for share in row.shares.all()]
    mine = [share for share in shares if share.membership_id == by.membership_id and share.active]
    return FindingCard(
        finding_id=row.stored_object_id,
        patient=open_patient(row.patient, ring),
        state=ObjectState(row.stored_object.state),
        reason=row.reason,
        malware_scan=MalwareScan(row.malware_scan) if row.malware_scan else None,
        file_name=_file_name(row, ring) if is_own(row, by) else "",
        media_type=row.media_type,
        size_bytes=row.stored_object.size_bytes,
        received_at=row.received_at,
        attributes=attributes,
        study_on=as_day(attributes.study_date) if attributes else None,
        study_time=as_time(attributes.study_time) if attributes else None,
        shares=tuple(shares) if is_own(row, by) else (),
        share=None if is_own(row, by) else next(iter(mine), None),
    )


def share_card(share: Share) -> ShareCard:
    ended = share.state == ShareState.ACTIVE and share.expires_at <= now()
    return ShareCard(
        share_id=share.id,
        finding_id=share.finding_id,
        patient_id=share.finding.patient_id,
        membership_id=share.membership_id,
        recipient=share.membership.person.name,
        organisation_id=share.membership.organisation_id,
        organisation_name=share.membership.organisation.name,
        purpose=SharePurpose(share.purpose),
        state=ShareState.EXPIRED if ended else ShareState(share.state),
        shared_by=share.created_by.name,
        created_at=share.created_at,
        expires_at=share.expires_at,
        ended_at=share.expires_at if ended else share.ended_at,
    )


def seal_attributes(ring: Keyring, row: Finding, attributes: Attributes) -> bytes:
    plaintext = json.dumps(asdict(attributes)).encode()
    return ring.seal(row.patient.organisation_id, sealing_context(row, "attributes"), plaintext)


def _attributes(row: Finding, ring: Keyring) -> Attributes | None:
    if row.sealed_attributes is None or row.stored_object.state != ObjectState.CLEAN:
        return None
    context, sealed = sealing_context(row, "attributes"), bytes(row.sealed_attributes)
    return Attributes(**json.loads(ring.unseal(row.patient.organisation_id, context, sealed)))


def seal_file_name(ring: Keyring, row: Finding, name: str) -> bytes:
    """Seal what a file was called: printable, without its folders, at most 200 characters."""
    plain = "".join(character for character in PurePosixPath(name).name if character.isprintable())
    return ring.seal(row.patient.organisation_id, sealing_context(row, "name"), plain[:200].encode())


def file_name_of(row: Finding) -> str:
    """What the file was called; for who was found to be allowed to know."""
    return _file_name(row, keyring([row.patient.organisation_id]))


def _file_name(row: Finding, ring: Keyring) -> str:
    context = sealing_context(row, "name")
    return ring.unseal(row.patient.organisation_id, context, bytes(row.sealed_name)).decode()


def sealing_context(row: Finding, what: str) -> str:
    return f"finding.{what}/{row.stored_object_id}"
