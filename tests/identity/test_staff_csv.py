"""Lists of people as spreadsheets write them: what can be read, and what is wrong with which cell."""

import csv
import io

import pytest
from django.utils import translation

from identity.staff_csv import MAXIMUM_BYTES, MAXIMUM_ROWS, header, read, write
from medicus.lib.errors import Invalid

HEAD = "email;title;given_name;family_name;function;department;valid_from;valid_until"
NORA = "nora@hospital-a.example;Dr.;Nora;Müller;nurse;Ward 3;2026-01-01;31.12.2026"


def sheet(*lines, head=HEAD, encoding="utf-8"):
    content = "\r\n".join([head, *lines]).encode(encoding)
    return read(content, domain="hospital-a.example", departments=["Ward 3"])


def faults(*lines, **more):
    return [(fault.line, fault.column) for fault in sheet(*lines, **more).faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_what_spreadsheets_write_is_read(encoding, delimiter):
    found = sheet(NORA.replace(";", delimiter), head=HEAD.replace(";", delimiter), encoding=encoding)
    (nora,) = found.rows
    assert found.faults == []
    assert (nora.family_name, nora.function, nora.department) == ("Müller", "nurse", "Ward 3")
    assert (nora.valid_from, nora.valid_until, nora.line) == ("2026-01-01", "2026-12-31", 2)


def test_german_names_of_columns_and_functions_are_read_in_any_language():
    head = "Nachname;Vorname;E-Mail;Funktion;Gueltig bis"
    with translation.override("en"):
        (row,) = sheet("Neu;Nora;NORA@hospital-a.example;Pflege;1.3.27", head=head).rows
    assert (row.email, row.function, row.valid_until) == ("nora@hospital-a.example", "nurse", "2027-03-01")


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("nora@hospital-a.example", "nora", "email"),
        ("nora@hospital-a.example", "", "email"),
        ("nora@hospital-a.example", "nora@hospital-b.example", "email"),
        ("nora@hospital-a.example", "nora@evil-hospital-a.example", "email"),
        ("Nora", "", "given_name"),
        ("Müller", "M" * 101, "family_name"),
        ("nurse", "surgeon", "function"),
        ("nurse", "patient", "function"),
        ("Ward 3", "Ward 4", "department"),
        ("2026-01-01", "2026-02-30", "valid_from"),
        ("31.12.2026", "tomorrow", "valid_until"),
        ("31.12.2026", "31.12.2025", "valid_until"),
        ("31.12.2026", "31.12.2026;more", ""),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(old, new, column):
    good = NORA.replace("nora@", "good@")
    assert faults(good, "", NORA.replace(old, new)) == [(4, column)]


def test_all_faults_are_named_at_once_and_the_second_of_two_addresses():
    assert faults(NORA, NORA.replace("nurse", "x").replace("Ward 3", "y")) == [
        (3, "function"),
        (3, "department"),
        (3, "email"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEAD.encode(),
        b"email;function\na@hospital-a.example;nurse",
        f"{HEAD};salary\n{NORA};1".encode(),
        f"{HEAD};email\n{NORA};x".encode(),
        f"{HEAD}\n{NORA}".encode("utf-16"),
        f'{HEAD}\n"{NORA}'.encode(),
        b"\x81\x8d" + HEAD.encode(),
        b"x" * (MAXIMUM_BYTES + 1),
        "\n".join([HEAD, *[NORA] * (MAXIMUM_ROWS + 1)]).encode(),
    ],
    ids=[
        "empty",
        "nobody",
        "columns-missing",
        "unknown",
        "twice",
        "utf-16",
        "quote",
        "bytes",
        "large",
        "many",
    ],
)
def test_what_cannot_be_read_at_all_says_why(content):
    with pytest.raises(Invalid) as refusal:
        read(content, domain="hospital-a.example", departments=["Ward 3"])
    assert list(refusal.value.errors) == ["file"]


def test_no_cell_that_is_written_is_a_formula():
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "plain", "a=b", ""]
    lines = "".join(write(["x"] * len(evil), [evil]))
    assert lines.startswith("\ufeff")
    (_, cells) = list(csv.reader(io.StringIO(lines[1:], newline=""), delimiter=";"))
    assert cells == [*(f"'{cell}" for cell in evil[:8]), *evil[8:]]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_template_is_read_again(language):
    head = "".join(write(header(language), [])).strip("\r\n")
    assert len(sheet(NORA, head=head).rows) == 1
