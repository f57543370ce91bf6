"""How names are found."""

import pytest

from identity.names import search_form, search_words


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
