"""What pages show of people and files."""

import pytest
from django.utils import translation

from medicus.templatetags.display import file_name, file_size, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Alice Ahrens", "AA"),
        ("Prof. Dr. med. Jürgen Müller", "JM"),
        ("PD Dr. med. Clara Hoffmann", "CH"),
        ("Anton von der Au", "AA"),
        ("Leyla Yıldız", "LY"),
        ("Berta", "B"),
        ("", ""),
    ],
)
def test_an_avatar_shows_given_and_family_name_without_titles(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "markup"),
    [
        ("CT_small.dcm", "CT_<wbr>small.<wbr>dcm"),
        ("brief", "brief"),
        ("ohne-ende.", "ohne-<wbr>ende."),
        ("<b>.dcm", "&lt;b&gt;.<wbr>dcm"),
        ("", ""),
    ],
)
def test_a_files_name_breaks_between_its_parts_and_stays_text(name: str, markup: str) -> None:
    assert file_name(name) == markup


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (39_206, "39 kB"),
        (1_400_000, "1,4 MB"),
        (68_000_000, "68 MB"),
        (2_000_000, "2 MB"),
    ],
)
def test_a_size_reads_as_in_the_front_end(size_bytes: int, text: str) -> None:
    with translation.override("de"):
        assert file_size(size_bytes) == text


def test_a_size_follows_the_language() -> None:
    assert file_size(1_400_000) == "1.4 MB"
