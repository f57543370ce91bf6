"""Taking marked messages of a case into the record of its patient: by the act of one clinician, signed by a device."""

import hmac
import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from identity.access import Signer
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from messaging import access
from messaging.access import GroupView
from messaging.access.cases import case_row
from messaging.actions.cases import involved, tell_members
from messaging.models import Case, Entry, Mark, RecordExport
from messaging.record.bundle import RecordBundle, read_bundle, with_signature
from messaging.record.sheet import Taken, write_sheet
from messaging.refusals import NotMarked, RecordUnnamed
from messaging.states import EntryKind, MarkState
from storage import access as storage
from storage import actions as filing
from storage.access import PatientCard


def take_into_record(*, by: Actor, group_id: uuid.UUID, bundle: str, signature: str) -> GroupView:
    """Put marked messages into the findings of the case's patient, as a signed FHIR document and as a PDF.

    The files of these messages are there already, by the ordinary way of uploads. The same document again changes
    nothing. What the messages say the service could not read before; who sent each of them it knows, and checks.

    Raises:
        NotFound: no case for this actor, not a clinician of its hospital, or not one who opens that folder.
        RecordUnnamed: the case names no record.
        DeviceNeeded, Invalid: not signed by the session's device, or not about this case, patient, person or device.
        NotMarked: a message is not marked for the record by this hospital.
        NotExamined: a file is not available in the folder.
        StoreAway, StoreFull: nothing was stored.
    """
    case, patient_id = _open_to(by, case_row(by=by, group_id=group_id))
    read = read_bundle(bundle)
    signer = identity.device_signer(by=by, content=read.content, signature=signature)
    patient = storage.patient_card(by=by, patient_id=patient_id)
    _check_about(read, case, signer, patient, by=by)
    _check_files(read, patient, by=by)
    with transaction.atomic():
        # Not the group's row: nobody who writes shall wait for the store.
        Case.objects.select_for_update(of=("self",)).get(group=group_id)
        if not _known(read, case).exists():
            taken = Taken(read, patient, signer, now())
            _file(case, taken, signature, by=by)
            _record(case, taken, by=by)
    return access.group(by=by, group_id=group_id)


def _open_to(by: Actor, case: Case) -> tuple[Case, uuid.UUID]:
    if case.organisation_id != by.organisation_id or not by.has(Role.CLINICIAN):
        raise NotFound
    if case.patient_id is None:
        raise RecordUnnamed
    return case, case.patient_id


def _check_about(read: RecordBundle, case: Case, signer: Signer, patient: PatientCard, *, by: Actor) -> None:
    """What the document says of itself is what this service knows."""
    said = (
        read.group_id,
        read.patient_id,
        read.device_id,
        read.author.person_id,
        read.author.organisation_id,
    )
    known = (case.group_id, patient.patient_id, signer.device_id, by.person_id, by.organisation_id)
    if said != known:
        raise Invalid(errors={"bundle": _("This document is about another case, patient, person or device.")})
    entries = Entry.objects.filter(
        group=case.group_id,
        kind=EntryKind.APPLICATION.value,
        message_id__in=[message.message_id for message in read.messages],
    )
    authors = dict(entries.values_list("message_id", "person_id"))
    if any(authors.get(each.message_id) != each.author.person_id for each in read.messages):
        raise Invalid(errors={"bundle": _("A message is not of this case, or of another author.")})


def _check_files(read: RecordBundle, patient: PatientCard, *, by: Actor) -> None:
    for file in read.files:
        filed = filing.digest_of_own(by=by, patient_id=patient.patient_id, finding_id=file.finding_id)
        if filed.size_bytes != file.size_bytes or not hmac.compare_digest(filed.sha256, file.sha256):
            raise Invalid(errors={"bundle": _("A file in the findings is not the one that was signed.")})


def _known(read: RecordBundle, case: Case) -> QuerySet[RecordExport]:
    return RecordExport.objects.filter(
        group=case.group_id, organisation=case.organisation_id, digest=read.digest
    )


def _file(case: Case, taken: Taken, signature: str, *, by: Actor) -> None:
    """Store both documents and note them at the marks, each of which is a mark still."""
    read, patient_id = taken.bundle, taken.patient.patient_id
    marks = Mark.objects.filter(
        group=case.group_id,
        organisation=case.organisation_id,
        state=MarkState.MARKED.value,
        message_id__in=[message.message_id for message in read.messages],
    )
    if marks.count() != len(read.messages):
        raise NotMarked
    stored = with_signature(read.content, signature, at=taken.at)
    name = _name(taken.at)
    document = filing.Document(f"{name} (FHIR).json", "application/fhir+json", stored)
    sheet = filing.Document(f"{name}.pdf", "application/pdf", write_sheet(taken))
    export = RecordExport.objects.create(
        group_id=case.group_id,
        organisation_id=case.organisation_id,
        digest=read.digest,
        device_id=taken.signer.device_id,
        exported_by_id=read.author.person_id,
        exported_at=taken.at,
        bundle_id=filing.add_document(by=by, patient_id=patient_id, document=document),
        sheet_id=filing.add_document(by=by, patient_id=patient_id, document=sheet),
    )
    if marks.update(state=MarkState.EXPORTED.value, export=export) != len(read.messages):
        raise NotMarked  # somebody has waived one meanwhile


def _name(at: datetime) -> str:
    """What both files are called; whose they are, and about what, stands in them."""
    return _("Conversation of a case, taken in on %(at)s") % {"at": f"{localtime(at):%Y-%m-%d %H.%M}"}


def _record(case: Case, taken: Taken, *, by: Actor) -> None:
    """For each hospital that takes part: words of its people have left end-to-end encryption."""
    for organisation_id in involved(case.group_id):
        own = organisation_id == case.organisation_id
        audit.record(
            Event.MESSAGE_EXPORT,
            by=by,
            subject=f"group/{case.group_id}",
            organisation_id=organisation_id,
            patient=str(case.patient_id) if own else "",
            details={
                "messages": len(taken.bundle.messages),
                "files": len(taken.bundle.files),
                "bundle": taken.bundle.digest.hex(),
                "device": str(taken.signer.device_id),
            },
        )
    tell_members(case.group_id)
