"""The proof sheet of an offboarding as a PDF, in the language of the request. Text, not a picture: it can be
searched and copied."""

from datetime import datetime

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf.enums import TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from identity.access.offboarding import Sheet, SheetLine
from identity.pdf import INK, MUTED, Page

WIDTHS = (74, 18, 36, 46)
LINE = (238, 241, 246)


def write(sheet: Sheet, *, at: datetime) -> bytes:
    """Write a sheet. at: when, for its head."""
    page = Page(_("Offboarding %(id)s") % {"id": sheet.id})
    page.set_lang((get_language() or "de")[:2])
    page.set_title(_("Proof sheet: %(name)s") % {"name": sheet.name})
    page.add_page()
    _head(page, sheet, at)
    _lines(page, sheet)
    _proof(page, sheet)
    return bytes(page.output())


def _head(page: Page, sheet: Sheet, at: datetime) -> None:
    page.line_of(_("Proof sheet of an offboarding"), 18, bold=True)
    page.line_of(sheet.organisation_name, 12, muted=True)
    page.ln(4)
    for label, value in facts(sheet):
        page.set_font("Fira", "", 10)
        page.set_text_color(*MUTED)
        page.cell(42, 6, label)
        page.set_text_color(*INK)
        page.multi_cell(0, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.line_of(_("Written on %(at)s") % {"at": moment(at)}, 8, muted=True)
    page.ln(4)


def facts(sheet: Sheet) -> list[tuple[str, str]]:
    """The head of the sheet, label and value."""
    found = [
        (_("Person"), f"{sheet.name}, {sheet.email}"),
        (_("Reason"), sheet.reason_label),
        (_("Deputy"), ", ".join(filter(None, (sheet.deputy, sheet.deputy_department))) or _("nobody named")),
        (_("By"), sheet.started_by or _("the service itself")),
        (_("Begun"), moment(sheet.started_at)),
        (_("Done after"), seconds(sheet.seconds)),
    ]
    return found + ([(_("Undone"), moment(sheet.undone_at))] if sheet.undone_at else [])


def _lines(page: Page, sheet: Sheet) -> None:
    page.set_font("Fira", "", 9)
    page.set_text_color(*INK)
    page.set_draw_color(200, 206, 216)
    heading = FontFace(emphasis="BOLD", fill_color=LINE)
    with page.table(
        col_widths=WIDTHS,
        text_align=("LEFT", "RIGHT", "RIGHT", "LEFT"),
        headings_style=heading,
        cell_fill_mode=TableCellFillMode.NONE,
        line_height=5,
        padding=(1.2, 2),
        borders_layout="HORIZONTAL_LINES",
    ) as table:
        table.row([_("What"), _("Number"), _("After the click"), _("In the audit log")])
        for line in sheet.lines:
            table.row([line.title, str(line.count), seconds(line.seconds), place_of(line)])
    page.ln(4)


def _proof(page: Page, sheet: Sheet) -> None:
    page.line_of(_("How this is proven"), 12, bold=True)
    page.ln(1)
    checkpoint = sheet.checkpoint
    if checkpoint:
        told = _(
            "Every line is an event of the audit log, under the signed checkpoint over %(size)s events of %(at)s."
        )
        page.line_of(told % {"size": checkpoint.size, "at": moment(checkpoint.sealed_at)})
    else:
        page.line_of(
            _("Not sealed yet: the next checkpoint follows within ten seconds. Write this sheet again then.")
        )
    page.line_of(
        _(
            "The proof of a line is downloaded from the page of this sheet and verified without this service: manage.py audit verify FILE"
        )
    )
    page.ln(2)
    for line in sheet.lines:
        page.line_of(f"{moment(line.at)}  {line.event_id}  {line.title}", 7, muted=True)


def place_of(line: SheetLine) -> str:
    """Where a line stands in the log, in words."""
    if line.missing:
        return _("missing in the log")
    if line.place is None:
        return _("not sealed yet")
    return _("row %(index)s, checkpoint %(size)s") % {"index": line.place.index, "size": line.place.size}


def seconds(value: float) -> str:
    """A span to the hundredth of a second, as the language writes it."""
    return _("%(seconds)s s") % {"seconds": formats.number_format(value, decimal_pos=2)}


def moment(at: datetime) -> str:
    """An instant in the time zone of the service, to the second."""
    return f"{formats.date_format(localtime(at), 'SHORT_DATE_FORMAT')}, {localtime(at):%H:%M:%S}"
