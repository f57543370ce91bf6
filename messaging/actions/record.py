"""Taking marked messages of a case into the record of its patient: by the act of one clinician, signed by a device."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

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
from medicus.lib.errors import DomainError, Invalid, NotFound
from messaging import access
from messaging.access import GroupView
from messaging.access.cases import case_row
from messaging.access.marked import MarkedMessage, messages_by_id
from messaging.actions.cases import involved, tell_members
from messaging.models import Case, Mark, RecordExport
from messaging.record.bundle import (
    Author,
    RecordBundle,
    RecordMessage,
    RecordPatient,
    read_bundle,
    with_signature,
)
from messaging.record.sheet import Taken, write_sheet
from messaging.refusals import NotMarked, RecordUnnamed
from messaging.states import MarkState
from storage import access as storage
from storage import actions as filing
from storage.access import PatientCard

FILES_BYTES = 200 << 20
"""The files of one document are no larger altogether: they are read again while somebody waits."""
TICK = timedelta(milliseconds=1)
"""Clients know instants to the millisecond, the service to the microsecond."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What was checked, and written into the store, and waits for its rows."""

    taken: Taken
    bundle: filing.PutDocument
    sheet: filing.PutDocument


def take_into_record(*, by: Actor, group_id: uuid.UUID, bundle: str, signature: str) -> GroupView:
    """Put marked messages into the findings of the case's patient, as a signed FHIR document and as a PDF.

    The files of these messages are there already, by the ordinary way of uploads. The same document again changes
    nothing. What the messages say the service could not read before; who sent each of them, from where and when, it
    knows, and checks.

    Raises:
        NotFound: no case for this actor, not a clinician of its hospital, or not one who opens that folder.
        RecordUnnamed: the case names no record.
        DeviceNeeded, Invalid: not signed by the session's device, not about this case, patient, person or device, or
            too much at once.
        NotMarked: a message is not marked for the record by this hospital.
        NotExamined: a file is not available in the folder.
        StoreAway, StoreFull: nothing was stored.
    """
    case, patient_id = _open_to(by, case_row(by=by, group_id=group_id))
    read = read_bundle(bundle)
    signer = identity.device_signer(by=by, content=read.content, signature=signature)
    patient = storage.patient_card(by=by, patient_id=patient_id)
    _check_about(read, case, signer, patient)
    _check_messages(read, case)
    if not _known(read, case).exists():
        _check_marked(read, case)
        _check_files(read, patient, by=by)
        # Writing takes its time, so it is done before anything is locked.
        papers = _written(Taken(read, patient, signer, now()), signature, by=by)
        _keep(papers, group_id, by=by)
    return access.group(by=by, group_id=group_id)


def _open_to(by: Actor, case: Case) -> tuple[Case, uuid.UUID]:
    if case.organisation_id != by.organisation_id or not by.has(Role.CLINICIAN):
        raise NotFound
    if case.patient_id is None:
        raise RecordUnnamed
    return case, case.patient_id


def _check_about(read: RecordBundle, case: Case, signer: Signer, patient: PatientCard) -> None:
    """What the document says of itself is what this service knows."""
    said = (read.group_id, read.device_id, read.author)
    author = Author(signer.person_id, signer.person_name, signer.organisation_id, signer.organisation_name)
    if said != (case.group_id, signer.device_id, author) or read.patient != _patient_in(patient):
        raise _about_another()


def _about_another() -> Invalid:
    return Invalid(errors={"bundle": _("This document is about another case, patient, person or device.")})


def _patient_in(patient: PatientCard) -> RecordPatient:
    return RecordPatient(
        patient_id=patient.patient_id,
        organisation_id=patient.organisation_id,
        organisation_name=patient.organisation_name,
        family_name=patient.family_name,
        given_name=patient.given_name,
        born_on=patient.born_on.isoformat(),
        identifier=patient.identifier,
    )


def _check_messages(read: RecordBundle, case: Case) -> None:
    known = messages_by_id(case.group_id, [message.message_id for message in read.messages])
    if not all(_is_so(message, known.get(message.message_id), read.patient) for message in read.messages):
        raise Invalid(
            errors={
                "bundle": _(
                    "A message is not of this case, of another author or hospital, or of another time."
                )
            }
        )


def _is_so(message: RecordMessage, known: MarkedMessage | None, patient: RecordPatient) -> bool:
    """patient: of the case, as was checked: what they wrote is theirs and no practitioner's."""
    if known is None:
        return False
    author = Author(known.person_id, known.person_name, known.organisation_id, known.organisation_name)
    author = patient.author if known.is_patient else author
    return message.author == author and abs(message.sent_at - known.at) <= TICK


def _marks(read: RecordBundle, case: Case) -> QuerySet[Mark]:
    return Mark.objects.filter(
        group=case.group_id,
        organisation=case.organisation_id,
        state=MarkState.MARKED.value,
        message_id__in=[message.message_id for message in read.messages],
    )


def _check_marked(read: RecordBundle, case: Case) -> None:
    if _marks(read, case).count() != len(read.messages):
        raise NotMarked


def _check_files(read: RecordBundle, patient: PatientCard, *, by: Actor) -> None:
    if sum(file.size_bytes for file in read.files) > FILES_BYTES:
        raise Invalid(
            errors={"bundle": _("The files are larger than 200 MB altogether. Take fewer messages at once.")}
        )
    for file in read.files:
        filed = filing.digest_of_own(
            by=by,
            patient_id=patient.patient_id,
            finding_id=file.finding_id,
            at_most_bytes=file.size_bytes,
        )
        if filed.size_bytes != file.size_bytes or not hmac.compare_digest(filed.sha256, file.sha256):
            raise Invalid(errors={"bundle": _("A file in the findings is not the one that was signed.")})


def _known(read: RecordBundle, case: Case) -> QuerySet[RecordExport]:
    return RecordExport.objects.filter(
        group=case.group_id, organisation=case.organisation_id, digest=read.digest
    )


def _written(taken: Taken, signature: str, *, by: Actor) -> Papers:
    """Write both documents into the store, where no row knows them yet."""
    name, patient_id = _name(taken), taken.patient.patient_id
    stored = with_signature(taken.bundle.content, signature, at=taken.at)
    document = filing.Document(f"{name} (FHIR).json", "application/fhir+json", stored)
    sheet = filing.Document(f"{name}.pdf", "application/pdf", write_sheet(taken))
    bundle = filing.put_document(by=by, patient_id=patient_id, document=document)
    try:
        return Papers(taken, bundle, filing.put_document(by=by, patient_id=patient_id, document=sheet))
    except DomainError:
        filing.discard_document(bundle)
        raise


def _keep(papers: Papers, group_id: uuid.UUID, *, by: Actor) -> None:
    """Make the rows of both documents; what was written in vain is removed. Not so after an error of the database: the
    commit may have happened, and what no row knows is found in time (`storage.objects.orphans`)."""
    try:
        kept = _filed(papers, group_id, by=by)
    except DomainError:
        _discard(papers)
        raise
    if not kept:
        _discard(papers)


def _discard(papers: Papers) -> None:
    filing.discard_document(papers.bundle)
    filing.discard_document(papers.sheet)


def _filed(papers: Papers, group_id: uuid.UUID, *, by: Actor) -> bool:
    """Whether it was these papers: somebody else may have brought the same document meanwhile."""
    with transaction.atomic():
        # Not the group's row: nobody who writes shall wait for this.
        Case.objects.select_for_update(of=("self",)).get(group=group_id)
        case = _still(papers.taken, group_id, by=by)
        if _known(papers.taken.bundle, case).exists():
            return False
        _record(case, papers, _file(case, papers, by=by), by=by)
    return True


def _still(taken: Taken, group_id: uuid.UUID, *, by: Actor) -> Case:
    """The case as it is now, under the lock: files were read and a sheet was written since it was looked at."""
    identity.own_device(by=by, device_id=taken.signer.device_id)
    case, patient_id = _open_to(by, case_row(by=by, group_id=group_id))
    if patient_id != taken.patient.patient_id:
        raise _about_another()
    return case


def _file(case: Case, papers: Papers, *, by: Actor) -> RecordExport:
    """Put both documents into the folder and note them at the marks, each of which is a mark still."""
    taken, read, patient_id = papers.taken, papers.taken.bundle, papers.taken.patient.patient_id
    _check_marked(read, case)
    export = RecordExport.objects.create(
        group_id=case.group_id,
        organisation_id=case.organisation_id,
        digest=read.digest,
        device_id=taken.signer.device_id,
        exported_by_id=read.author.person_id,
        exported_at=taken.at,
        bundle_id=filing.add_document(by=by, patient_id=patient_id, document=papers.bundle),
        sheet_id=filing.add_document(by=by, patient_id=patient_id, document=papers.sheet),
    )
    if _marks(read, case).update(state=MarkState.EXPORTED.value, export=export) != len(read.messages):
        raise NotMarked  # somebody has waived one meanwhile
    return export


def _name(taken: Taken) -> str:
    """What both files are called; whose they are, and about what, stands in them."""
    return _("Conversation of a case, taken in on %(at)s") % {"at": f"{localtime(taken.at):%Y-%m-%d %H.%M}"}


def _record(case: Case, papers: Papers, export: RecordExport, *, by: Actor) -> None:
    """For each hospital that takes part: words of its people have left end-to-end encryption. Where they are now is told
    to the one whose record it is."""
    read = papers.taken.bundle
    told: dict[str, str | int] = {
        "messages": len(read.messages),
        "files": len(read.files),
        "bundle": read.digest.hex(),
        "device": str(papers.taken.signer.device_id),
        "message": " ".join(str(message.message_id) for message in read.messages),
    }
    findings = {"finding": f"{export.bundle_id} {export.sheet_id}"}
    for organisation_id in involved(case.group_id):
        own = organisation_id == case.organisation_id
        audit.record(
            Event.MESSAGE_EXPORT,
            by=by,
            subject=f"group/{case.group_id}",
            organisation_id=organisation_id,
            patient=str(case.patient_id) if own else "",
            details=told | findings if own else told,
        )
    tell_members(case.group_id)
