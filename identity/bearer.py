"""How an API key looks, and where it may stand: in the header `Authorization: Bearer …` (RFC 6750) and nowhere else."""

import re
import secrets

from django.http import HttpRequest

PREFIX = "mds_"
SHOWN = 10
"""So many characters tell keys apart; the rest of the 256 bits stays unknown."""
_KEY = re.compile(r"mds_[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """Make a key: 256 random bits behind a word that scanners for leaked secrets find."""
    return PREFIX + secrets.token_urlsafe(32)


def bearer_of(request: HttpRequest) -> str | None:
    """The key that a request carries; None when it carries no bearer."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def key_in_address(request: HttpRequest) -> str | None:
    """A key in the address, where every proxy writes it into its log."""
    found = _KEY.search(request.get_full_path())
    return found.group() if found else None
