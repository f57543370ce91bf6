"""The code as the rules see it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("audit", "identity", "rota", "storage", "messaging", "teleconsult")


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository, new ones included, that fit one of the patterns."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.splitlines() if (path := ROOT / name).is_file()]


def modules(app: str) -> Iterator[tuple[Path, ast.Module]]:
    """The Python files of an app, parsed."""
    for path in tracked(f"{app}/**.py", f"{app}/*.py"):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))
