"""`python -m tests.repo.translations`: every sentence of the product has its German, none fuzzy, none stale.

Extracts the sentences afresh with gettext into a copy and compares it with the committed catalogues."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("medicus", "audit", "identity", "rota", "storage", "messaging", "teleconsult")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def extracted(app: str) -> set[str]:
    """The sentences of one app as they stand in its code and templates."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app
        shutil.copytree(ROOT / app, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "*.po"))
        (copy / "locale").mkdir(exist_ok=True)
        command = [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-location", "-v", "0"]
        subprocess.run(command, cwd=copy, check=True)
        path = copy / "locale" / "de" / "LC_MESSAGES" / "django.po"
        return {_key(message.id) for message in catalogue(path) if message.id} if path.exists() else set()


def _key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def malformed(path: Path) -> list[str]:
    """What gettext's own compiler refuses: a sentence twice, a placeholder that is missing in the German."""
    command = ["msgfmt", "--check-format", "--output-file=/dev/null", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()


def faults(app: str) -> list[str]:
    path = ROOT / app / "locale" / "de" / "LC_MESSAGES" / "django.po"
    known = {
        _key(message.id): message for message in (catalogue(path) if path.exists() else []) if message.id
    }
    wanted = extracted(app)
    found = [*malformed(path)] if path.exists() else []
    found += [f"{app}: no German for {sentence!r}" for sentence in sorted(wanted - known.keys())]
    found += [f"{app}: no longer used: {sentence!r}" for sentence in sorted(known.keys() - wanted)]
    for sentence, message in known.items():
        texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.fuzzy or not all(texts):
            found.append(f"{app}: empty or fuzzy: {sentence!r}")
    return found


def main() -> int:
    """Print what is missing; the exit code is 1 when something is."""
    found = [fault for app in APPS if (ROOT / app).is_dir() for fault in faults(app)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
