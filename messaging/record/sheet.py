"""Messages that were taken into the record as a PDF, in the language of the request: what the signed document says, who
has signed it with which device, and what that is not. Text, not a picture: it can be searched and copied."""

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from identity.access import Signer
from identity.pdf import INK, MARGIN_MM, MUTED, Page, written
from medicus.lib.errors import Invalid
from messaging.record.bundle import RecordBundle, RecordMessage
from storage.access import PatientCard

LABEL_MM = 46
INDENT_MM = 6
"""What a message says stands to the right of its head, line by line: no text can look like the head of another."""
SHEET_CHARACTERS = 400_000
"""About 150 pages. Counted as it is written: a character that the fonts have not got is nine or more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be written. `at`: when this service has checked the signature."""

    bundle: RecordBundle
    patient: PatientCard
    signer: Signer
    at: datetime


def write_sheet(taken: Taken) -> bytes:
    """Write the sheet.

    Raises:
        Invalid: it would be longer than `SHEET_CHARACTERS`.
    """
    bundle, patient = taken.bundle, taken.patient
    if sum(len(written(message.text)) for message in bundle.messages) > SHEET_CHARACTERS:
        raise Invalid(errors={"bundle": _("This is too much for one document. Take fewer messages at once.")})
    page = Page(f"{patient.name}, {patient.identifier}   SHA-256 {bundle.digest.hex()[:16]}   ")
    page.set_lang((get_language() or "de")[:2])
    page.set_title(_("Taken from a case: %(title)s") % {"title": bundle.title})
    page.add_page()
    page.line_of(_("From the conversation of a case"), 18, bold=True)
    page.line_of(bundle.title, 12, muted=True)
    page.ln(4)
    _facts(page, _about(taken))
    page.ln(4)
    for message in bundle.messages:
        _message(page, message)
    _signature(page, taken)
    return bytes(page.output())


def _about(taken: Taken) -> list[tuple[str, str]]:
    patient, author = taken.patient, taken.bundle.author
    born = formats.date_format(patient.born_on, "SHORT_DATE_FORMAT")
    return [
        (_("Patient"), f"{patient.name}, * {born}, {patient.identifier}"),
        (_("Hospital"), patient.organisation_name),
        (_("Taken in by"), f"{author.name}, {author.organisation_name}"),
        (_("Taken in on"), _moment(taken.at)),
        (_("Messages"), str(len(taken.bundle.messages))),
    ]


def _message(page: Page, message: RecordMessage) -> None:
    author = message.author
    place = _("the patient") if author.is_patient else author.organisation_name
    page.line_of(f"{author.name}, {place}", 10, bold=True)
    edited = [_("edited %(at)s") % {"at": _moment(message.edited_at)}] if message.edited_at else []
    page.line_of(", ".join([_moment(message.sent_at), *edited]), 8, muted=True)
    page.set_left_margin(MARGIN_MM + INDENT_MM)
    _body(page, message)
    page.set_left_margin(MARGIN_MM)
    page.ln(3)


def _body(page: Page, message: RecordMessage) -> None:
    page.set_x(page.l_margin)
    if message.recalled:
        page.line_of(_("Recalled by its author."), 10, muted=True)
    if message.text:
        page.line_of(message.text, 10)
    if message.file:
        size = filesizeformat(message.file.size_bytes)
        told = {"name": message.file.name, "size": size}
        page.line_of(_("File: %(name)s (%(size)s), a document of its own among the findings") % told, 10)
        page.line_of(f"SHA-256 {message.file.sha256.hex()}", 7, muted=True)


def _signature(page: Page, taken: Taken) -> None:
    bundle, signer = taken.bundle, taken.signer
    page.ln(2)
    page.line_of(_("Signature"), 12, bold=True)
    page.ln(1)
    _facts(
        page,
        [
            (_("Signed by"), bundle.author.name),
            (_("With the device"), f"{signer.device_name}, {signer.device_id}"),
            (_("By the clock of the device"), _moment(bundle.signed_at)),
            (_("Checked by the service"), _moment(taken.at)),
            (_("Certificate (SHA-256)"), signer.certificate_sha256),
            (_("Signed document (SHA-256)"), bundle.digest.hex()),
        ],
        size=8,
    )
    page.ln(1)
    told = [
        _("The signed FHIR document lies beside this one among the findings."),
        _("Its signature proves that this device has signed exactly these messages."),
        _("Its owner has chosen them and let them leave end-to-end encryption by that."),
        _(
            "Who sent each message, from which hospital and when, the service has checked; its words only members of "
            "the conversation could read."
        ),
    ]
    page.line_of(" ".join(told), 8)
    page.ln(1)
    page.line_of(
        _("This is not a qualified electronic signature (Regulation (EU) No 910/2014, Article 3(12))."),
        8,
        bold=True,
    )


def _facts(page: Page, facts: list[tuple[str, str]], *, size: float = 10) -> None:
    for label, value in facts:
        page.set_font("Fira", "", size)
        page.set_text_color(*MUTED)
        page.cell(LABEL_MM, size * 0.6, page.written(label))
        page.set_text_color(*INK)
        page.multi_cell(0, size * 0.6, page.written(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _moment(at: datetime) -> str:
    """An instant in the time zone of the service, to the second."""
    return f"{formats.date_format(localtime(at), 'SHORT_DATE_FORMAT')}, {localtime(at):%H:%M:%S}"
