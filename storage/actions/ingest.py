"""The examination of a finding: scan it, parse it in the limited child, compare the patient, describe it."""

import logging
import uuid
from dataclasses import dataclass

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM, Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Unavailable
from storage.access.findings import file_name_of, seal_attributes, sealing_context
from storage.access.patients import open_patient
from storage.actions import jobs
from storage.belonging import check_patient
from storage.dicom import limited
from storage.dicom.limited import Attributes, ChildUnavailable, DicomFile, Overrun
from storage.dicom.reasons import Reason, Refused
from storage.documents import DICOM, check_document, described
from storage.errors import Damaged
from storage.keys.attributes import keyring
from storage.models import DicomHeader, Finding, Job
from storage.objects import sealed
from storage.scan import Infected, ScannerAway, scan
from storage.states import JobState, MalwareScan, ObjectState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examined:
    """What came out: what a sound file shows, and if it is an image its header; or the reason to refuse it.

    malware_scan: None if it was not reached."""

    attributes: Attributes | None
    reason: Reason | None
    malware_scan: MalwareScan | None = None
    file: DicomFile | None = None


def ingest(*, by: Actor, job_id: uuid.UUID) -> None:
    """Examine the finding of a job, if nobody else does; the finding is then clean or rejected.

    May be called any number of times, by any number of workers, and may die at any point.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    job = jobs.claim(job_id)
    if job is None:
        return
    finding = Finding.objects.select_related("stored_object", "patient__organisation").get(
        stored_object=job.stored_object_id
    )
    try:
        examined = _given_up(job) or _examine(finding)
        _conclude(job, finding, examined)
    except (ScannerAway, ChildUnavailable, Unavailable) as away:
        log.warning("examination of finding %s waits: %s", finding.pk, type(away).__name__)
        jobs.release(job)
    except Overrun:
        log.warning("examination of finding %s took too long, attempt %s", finding.pk, job.attempts)
        jobs.retry(job)
    except jobs.LeaseLost:
        log.warning("examination of finding %s was taken over by another worker", finding.pk)


def _given_up(job: Job) -> Examined | None:
    """Workers have died or overrun over this file: it is not let near another one."""
    return Examined(None, Reason.TOO_EXPENSIVE) if job.attempts > jobs.ATTEMPTS else None


def _examine(finding: Finding) -> Examined:
    stored_object = finding.stored_object
    scanned: MalwareScan | None = None
    try:
        scanned = scan(sealed.read_quarantined(stored_object))
        if finding.media_type != DICOM:
            check_document(sealed.read_quarantined(stored_object), media_type=finding.media_type)
            return Examined(described(file_name_of(finding), finding.received_at), None, scanned)
        file = limited.read(sealed.read_quarantined(stored_object), size_bytes=stored_object.size_bytes)
        ring = keyring([finding.patient.organisation_id])
        check_patient(file.attributes, open_patient(finding.patient, ring))
    except Infected as infected:
        log.warning("finding %s: the scanner found %s", finding.pk, infected.signature)
        return Examined(None, Reason.MALWARE)
    except Refused as refused:
        return Examined(None, refused.reason, scanned)
    except Damaged:
        return Examined(None, Reason.DAMAGED, scanned)
    return Examined(file.attributes, None, scanned, file)


def _conclude(job: Job, finding: Finding, examined: Examined) -> None:
    """Write the result, the object's state, the job's end, what others make of it and the audit event: all or none."""
    given_up = examined.reason is not None and job.attempts > jobs.ATTEMPTS
    with transaction.atomic():
        jobs.finish(job, JobState.FAILED if given_up else JobState.DONE)
        if examined.attributes is not None:
            ring = keyring([finding.patient.organisation_id])
            finding.sealed_attributes = seal_attributes(ring, finding, examined.attributes)
        if examined.file is not None:
            _keep_header(finding, examined.file)
        finding.examined_at = now()
        finding.reason = examined.reason or ""
        finding.malware_scan = examined.malware_scan or ""
        finding.save()
        accepted = examined.attributes is not None
        sealed.move(finding.stored_object, to=ObjectState.CLEAN if accepted else ObjectState.REJECTED)
        callbacks.call("finding-examined", by=SYSTEM, finding_id=finding.pk, accepted=accepted)
        _record(finding, Event.FINDING_CLEAN if accepted else Event.FINDING_REJECT)


def _keep_header(finding: Finding, file: DicomFile) -> None:
    organisation_id = finding.patient.organisation_id
    ring = keyring([organisation_id])
    preview = file.preview_png
    DicomHeader.objects.create(
        finding=finding,
        sealed_json=ring.seal(organisation_id, sealing_context(finding, "json"), file.dicom_json),
        sealed_frames=ring.seal(organisation_id, sealing_context(finding, "frames"), file.frames_json),
        sealed_preview=preview and ring.seal(organisation_id, sealing_context(finding, "preview"), preview),
    )


def _record(finding: Finding, event: Event) -> None:
    details = {"reason": finding.reason} if finding.reason else {"scan": finding.malware_scan}
    audit.record(
        event,
        by=SYSTEM,
        subject=f"finding/{finding.pk}",
        organisation_id=finding.patient.organisation_id,
        patient=str(finding.patient_id),
        details=details,
    )
