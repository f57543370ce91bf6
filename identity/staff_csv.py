"""Lists of people as CSV (RFC 4180): read from what spreadsheets write, and written so that none of them runs it.

Reading knows neither the database nor who asks; it names each bad row, as a spreadsheet counts them, and column."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from identity.stated import CLOSED_SETS, Stated, cell_of, codes_in, telematik_id_fault
from identity.states import FUNCTION_NAMES, STAFF
from medicus.lib.errors import Invalid

MAXIMUM_ROWS = 5_000
MAXIMUM_BYTES = 2 * 1024 * 1024
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
GERMAN = {
    "email": "e-mail",
    "title": "titel",
    "given_name": "vorname",
    "family_name": "nachname",
    "function": "funktion",
    "department": "abteilung",
    "valid_from": "gültig ab",
    "valid_until": "gültig bis",
    "speciality": "fachrichtung",
    "sub_specialities": "schwerpunkte",
    "languages": "sprachen",
    "telematik_id": "telematik-id",
}
COLUMNS = tuple(GERMAN)
REQUIRED = ("email", "given_name", "family_name", "function")
LENGTHS = {"title": 50, "given_name": 100, "family_name": 100, "email": 254}
IGNORED = {"state", "zustand"}
"""Columns of an export that an import does not read."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Row:
    """One person. Days as ISO 8601, or empty; `line`: the row in the spreadsheet.

    speciality and those after it: for the directory, several codes separated by a space; a list that was checked
    before there were such columns has none of them."""

    line: int
    email: str
    title: str
    given_name: str
    family_name: str
    function: str
    department: str
    valid_from: str
    valid_until: str
    speciality: str = ""
    sub_specialities: str = ""
    languages: str = ""
    telematik_id: str = ""

    @property
    def stated(self) -> Stated:
        """What the hospital states of the person."""
        return Stated(self.speciality, frozenset(self.sub_specialities.split()), self.telematik_id)

    @property
    def sub_speciality_codes(self) -> list[str]:
        return self.sub_specialities.split()

    @property
    def language_tags(self) -> list[str]:
        return self.languages.split()

    def values(self) -> list[str | int]:
        """The row as it is kept until it is imported."""
        return list(astuple(self))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell; `column` is empty where the whole row is."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: Sequence[Row]
    faults: Sequence[Fault]


def read(content: bytes, *, domain: str, departments: Iterable[str]) -> Sheet:
    """Read a list: UTF-8 with or without a byte order mark, or Windows-1252; separated by `;` or `,`.

    domain: in which all addresses must lie. departments: the names of the open ones.

    Raises:
        Invalid: it cannot be read at all; `errors["file"]` says why.
    """
    lines = _cells(_text(content))
    header = [_column(cell) for cell in next(lines, (0, []))[1]]
    _check_header(header)
    known = {name.strip().casefold(): name for name in departments}
    rows: list[Row] = []
    faults: list[Fault] = []
    first_seen: dict[str, int] = {}
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        row, wrong = _row(line, header, cells, domain=domain, departments=known)
        earlier = first_seen.setdefault(row.email, line)
        if row.email and earlier != line:
            wrong.append(
                Fault(line, "email", _("The same address stands in row %(row)s.") % {"row": earlier})
            )
        rows.append(row)
        faults += wrong
    if not rows:
        raise _unreadable(_("There is nobody in this file."))
    if len(rows) > MAXIMUM_ROWS:
        raise _unreadable(_("More than %(count)s people: please split the file.") % {"count": MAXIMUM_ROWS})
    return Sheet(rows, faults)


def write(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a list as Excel reads it in Germany: UTF-8 with a byte order mark, `;`, no cell that is a formula."""
    yield "\ufeff"
    for row in (head, *rows):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=";").writerow([_defused(cell) for cell in row])
        yield buffer.getvalue()


def header(language: str) -> list[str]:
    """The names of the columns in a language."""
    return [GERMAN[name] if language == "de" else name for name in COLUMNS]


def column_name(column: str) -> str:
    """What the page calls a column, in the language of the request."""
    return GERMAN.get(column, column) if translation.get_language() == "de" else column


def _text(content: bytes) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise _unreadable(_("The file is larger than 2 MB."))
    if content.startswith(_UTF16) or b"\0" in content:
        raise _unreadable(_("This is not a CSV file. Please save it as “CSV UTF-8”."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(_("The characters of this file cannot be read. Please save it as “CSV UTF-8”."))


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unreadable(
                _("Row %(row)s cannot be read: look for a quotation mark.") % {"row": line}
            ) from None
        yield line, cells


def _column(cell: str) -> str:
    name = " ".join(cell.strip().lower().replace("_", " ").split())
    for column, german in GERMAN.items():
        if name in {column.replace("_", " "), german, german.replace("-", ""), german.replace("ü", "ue")}:
            return column
    return name


def _check_header(header: list[str]) -> None:
    missing = [column_name(name) for name in REQUIRED if name not in header]
    if missing:
        raise _unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    unknown = [name for name in header if name and name not in {*COLUMNS, *IGNORED}]
    if unknown:
        raise _unreadable(_("These columns are unknown: %(names)s.") % {"names": ", ".join(unknown)[:200]})
    if any(header.count(name) > 1 for name in COLUMNS):
        raise _unreadable(_("A column stands there twice."))


def _row(
    line: int, header: list[str], cells: list[str], *, domain: str, departments: dict[str, str]
) -> tuple[Row, list[Fault]]:
    given = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    cell = {name: given.get(name, "") for name in COLUMNS}
    cell["email"] = cell["email"].lower()
    wrong = {name: _("This is missing.") for name in REQUIRED if not cell[name]}
    for name, check in (("email", _email_fault), ("function", _function_fault)):
        if cell[name] and (sentence := check(cell[name], domain)):
            wrong[name] = sentence
    for name, length in LENGTHS.items():
        if len(cell[name]) > length:
            wrong[name] = _("At most %(count)s characters.") % {"count": length}
    if cell["department"]:
        if (department := departments.get(cell["department"].casefold())) is None:
            wrong["department"] = _("There is no open department of this name.")
        else:
            cell["department"] = department
    _read_days(cell, wrong)
    _read_statement(cell, wrong)
    cell["function"] = _functions().get(cell["function"].casefold(), "")
    if any(cell.strip() for cell in cells[len(header) :]):
        wrong[""] = _("There are more cells than columns.")
    return Row(line, **cell), [Fault(line, name, sentence) for name, sentence in wrong.items()]


def _email_fault(address: str, domain: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return _("This is not an e-mail address.")
    host = address.rpartition("@")[2]
    if host != domain and not host.endswith(f".{domain}"):
        return _("The address must lie in your organisation's domain, %(domain)s.") % {"domain": domain}
    return ""


def _function_fault(function: str, _domain: str) -> str:
    if function.casefold() in _functions():
        return ""
    return _("Unknown. Possible: %(names)s.") % {
        "names": ", ".join(sorted(map(str, map(FUNCTION_NAMES.get, STAFF))))
    }


@cache
def _functions() -> dict[str, str]:
    """Each function by its code, and by its name in each language."""
    found = {code.value.casefold(): code.value for code in STAFF}
    for language in ("de", "en"):
        with translation.override(language):
            found |= {str(FUNCTION_NAMES[code]).casefold(): code.value for code in STAFF}
    return found


def _read_days(cell: dict[str, str], wrong: dict[str, str]) -> None:
    for name in ("valid_from", "valid_until"):
        if cell[name]:
            day = _day(cell[name])
            cell[name] = day.isoformat() if day else cell[name]
            if day is None:
                wrong[name] = _("This is not a day. Write 2026-12-31 or 31.12.2026.")
    if {"valid_from", "valid_until"} & wrong.keys():
        return
    if cell["valid_from"] and cell["valid_until"] and cell["valid_until"] < cell["valid_from"]:
        wrong["valid_until"] = _("This lies before the first day.")


def _read_statement(cell: dict[str, str], wrong: dict[str, str]) -> None:
    """What is to stand in the directory; an empty cell states nothing."""
    for name in CLOSED_SETS:
        codes, fault = codes_in(cell[name], name)
        cell[name] = cell_of(codes)
        if fault:
            wrong[name] = fault
    if fault := telematik_id_fault(cell["telematik_id"]):
        wrong["telematik_id"] = fault


def _day(text: str) -> date | None:
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _defused(cell: str) -> str:
    """A spreadsheet runs what begins like a formula (CWE-1236); an apostrophe makes it text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _unreadable(sentence: str) -> Invalid:
    return Invalid(errors={"file": sentence})


assert tuple(field.name for field in fields(Row))[1:] == COLUMNS, "a row has a value for each column"
