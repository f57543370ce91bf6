"""How names are found."""

import unicodedata

import pytest

from identity.names import kept_search_form, search_form, search_words


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Müller", "mueller"),
        ("Müller", "Müller"),
        ("Müller", "MÜLLER"),
        ("Müller", "muller"),
        ("Müller", "mül"),
        ("Müller", "Mu\u0308ller"),
        ("Mueller", "Müller"),
        ("Weiß", "weiss"),
        ("Weiss", "Weiß"),
        ("Yıldız", "yildiz"),
        ("García-López", "lopez"),
        ("García-López", "garcia-lop"),
        ("Öztürk", "oeztuerk"),
        ("Öztürk", "ozturk"),
        ("O'Neill", "o'neill"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name, typed):
    assert all(f" {word}" in search_form("Anna", name) for word in search_words(typed))


@pytest.mark.parametrize("typed", ["üller", "ller", "Moeller", "Müllerin"])
def test_other_names_and_word_endings_are_not_found(typed):
    assert not all(f" {word}" in search_form("Anna", "Müller") for word in search_words(typed))


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'; --", "\\"])
def test_nothing_that_a_database_would_read_as_a_pattern_is_left(typed):
    assert search_words(typed) == []


def test_words_are_made_of_the_letters_and_digits_of_every_script():
    def lower(text: str) -> str:
        return unicodedata.normalize("NFC", text).lower()

    every = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    text = "".join(f"x{each}x " for each in every if not set(lower(each)) & set("äöüßæøåıłđ"))
    plain = (each for each in unicodedata.normalize("NFKD", lower(text)) if not unicodedata.combining(each))
    assert search_words(text) == "".join(each if each.isalnum() else " " for each in plain).split()


def test_a_remembered_form_is_the_form():
    for names in (("Universitätsklinikum", "Köln"), ("Hospital A", "Freiburg"), ("Żółć", "")):
        assert kept_search_form(*names) == kept_search_form(*names) == search_form(*names)
