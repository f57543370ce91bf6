"""What is stated of one person in the directory: as a value, and as the cells of a list hold it.

Knows neither the database nor who asks."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from identity.onboarding_texts import EVIDENCE_FORMS
from identity.states import LANGUAGE_NAMES, SPECIALITY_NAMES, SUB_SPECIALITIES, EvidenceKind

MOST_SUB_SPECIALITIES = 10
MOST_LANGUAGES = 15

CLOSED_SETS: Mapping[str, Mapping[str, Promise]] = {
    "speciality": SPECIALITY_NAMES,
    "sub_specialities": {code: row.name for code, row in SUB_SPECIALITIES.items()},
    "languages": LANGUAGE_NAMES,
}
"""The names of the codes that each of these may hold."""
MOST = {"speciality": 1, "sub_specialities": MOST_SUB_SPECIALITIES, "languages": MOST_LANGUAGES}
_SEPARATORS = (r"[;|\r\n]", ",", r"\s")
"""From the one that no name holds to the one that many do: what is known as a whole is not taken apart."""
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """What a hospital states of one of its people. Codes of the closed sets; empty: nothing is stated."""

    speciality: str = ""
    sub_specialities: frozenset[str] = frozenset()
    telematik_id: str = ""


def telematik_id_fault(text: str) -> str:
    """What is wrong with a Telematik-ID; its form is checked, and whether it was issued nobody here can say."""
    form = EVIDENCE_FORMS[EvidenceKind.TELEMATIK_ID]
    return "" if not text or re.fullmatch(form.pattern, text) else str(form.fault)


def codes_in(cell: str, column: str) -> tuple[list[str], str]:
    """Read the codes of a cell, by code or by name in any language, and say what is wrong with it.

    cell: several are separated by `;`, `,` or `|`; codes, which hold no space, also by one. column: of `CLOSED_SETS`."""
    found: dict[str, None] = {}
    for part in _parts(cell, _known(column), _SEPARATORS):
        if (code := _known(column).get(part.casefold())) is None:
            return [], unknown_code(part, column)
        found[code] = None
    if len(found) > MOST[column]:
        return [], _("Please choose at most %(most)s.") % {"most": MOST[column]}
    return list(found), ""


def unknown_code(given: str, column: str) -> str:
    """Say that a closed set does not hold what was given, and what it holds."""
    quoted = given if len(given) <= _LONGEST_QUOTE else f"{given[:_LONGEST_QUOTE]}…"
    names = ", ".join(sorted(map(str, CLOSED_SETS[column].values())))
    return _("Unknown: %(given)s. Possible: %(names)s.") % {"given": quoted, "names": names}


def cell_of(codes: Collection[str]) -> str:
    """How a list holds codes."""
    return " ".join(sorted(codes))


def _parts(cell: str, known: Mapping[str, str], separators: Sequence[str]) -> Iterator[str]:
    whole = " ".join(cell.split())
    if not whole:
        return
    if whole.casefold() in known or not separators:
        yield whole
        return
    for part in re.split(separators[0], cell):
        yield from _parts(part, known, separators[1:])


@cache
def _known(column: str) -> Mapping[str, str]:
    """Each code of a closed set by itself, and by its name in each language."""
    found = {code.casefold(): str(code) for code in CLOSED_SETS[column]}
    for language in ("de", "en"):
        with translation.override(language):
            found |= {str(name).casefold(): str(code) for code, name in CLOSED_SETS[column].items()}
    return found
