"""Looks for plaintext in everything a running service has written: in several encodings, in every file."""

import base64
import gzip
import subprocess
import urllib.parse
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.journeys.running import Running, redis_content


def encodings(secret: bytes) -> dict[str, bytes]:
    """How `secret` (32 bytes or so) could stand in a file."""
    found = {
        "as it is": secret,
        "hexadecimal": secret.hex().encode(),
        "HEXADECIMAL": secret.hex().upper().encode(),
        "percent-encoded": urllib.parse.quote_from_bytes(secret).encode(),
        "JSON": repr(secret.decode("latin-1"))[1:-1].encode(),
    }
    with suppress(UnicodeDecodeError):
        text = secret.decode()
        found |= {"UTF-16 LE": text.encode("utf-16-le"), "UTF-16 BE": text.encode("utf-16-be")}
        found["JSON"] = text.encode("ascii", "backslashreplace")
    for shift in range(3):
        # base64 of the secret at each alignment, without the characters that its neighbours decide
        padded = base64.b64encode(b"\0" * shift + secret)
        core = padded[4 if shift else 0 : len(padded) - 4]
        found[f"base64, shifted by {shift}"] = core
        found[f"base64url, shifted by {shift}"] = core.replace(b"+", b"-").replace(b"/", b"_")
    return found


def contents(running: Running) -> Iterator[tuple[str, bytes]]:
    """Everything the service and its servers hold: files (also unpacked), a database dump, Redis."""
    for path in sorted(running.folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with suppress(OSError):
                content = path.read_bytes()
                yield str(path.relative_to(running.folder)), content
                yield from _unpacked(path, content)
    if running.environment.get("DATABASE_URL", "").startswith("postgresql"):
        dump = subprocess.run(
            ["pg_dump", running.environment["DATABASE_URL"]], capture_output=True, check=True
        )
        yield "pg_dump", dump.stdout
    yield "Redis", redis_content(running.environment)


def _unpacked(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    for name, unpack in (("gzip", gzip.decompress), ("zlib", zlib.decompress)):
        with suppress(OSError, EOFError, zlib.error):
            yield f"{path.name} ({name})", unpack(content)


def hits(running: Running, secrets: dict[str, bytes]) -> list[str]:
    """Where any of `secrets` stands, in any encoding: "sentence in var/medicus.sqlite3 (base64, shifted by 1)"."""
    found = []
    for where, content in contents(running):
        for name, secret in secrets.items():
            found += [
                f"{name} in {where} ({how})"
                for how, needle in encodings(secret).items()
                if needle and needle in content
            ]
    return found
