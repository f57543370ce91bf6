"""How names are shown and found: case, umlauts and accents do not matter, and neither does how someone types them."""

import re
import unicodedata
from functools import lru_cache

KEPT_FORMS = 4096
_WORD = re.compile(r"[^\W_]+")
"""Letters and digits of any script, as `str.isalnum` has them."""
_GERMAN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "ı": "i",
        "ł": "l",
        "đ": "d",
    }
)


def full_name(title: str, given_name: str, family_name: str) -> str:
    """A person's name as it is shown: "Dr. med. Anna Müller"."""
    return " ".join(filter(None, (title, given_name, family_name)))


def search_form(*names: str) -> str:
    """Write names as they are stored for search: each word, led by a space, in both spellings.

    ("Müller", "Anna") becomes " mueller anna muller", so "mueller", "muller", "Müller" and "mül" all find it;
    with the family name first it also sorts as a telephone book does (DIN 5007-2).
    """
    text = " ".join(names)
    words = dict.fromkeys(search_words(text) + _words(_plain(text.casefold())))
    return "".join(f" {word}" for word in words)


def search_words(query: str) -> list[str]:
    """Split what someone typed into words, each to be found as the beginning of a stored word."""
    return _words(_plain(unicodedata.normalize("NFC", query).lower().translate(_GERMAN)))


@lru_cache(maxsize=KEPT_FORMS)
def kept_search_form(*names: str) -> str:
    """`search_form`, remembered: for the same few names again and again. Of the names alone, so it never grows old."""
    return search_form(*names)


def _plain(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
