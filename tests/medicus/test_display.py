"""What pages show of people."""

import pytest

from medicus.templatetags.display import initials


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
