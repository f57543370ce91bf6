"""Write the documents that follow from the code: `python -m scripts.generate_docs [--check]`.

docs/openapi.json: the HTTP API. docs/states.md: every table of states as a diagram.
docs/licences.md: what the locked packages, Python and npm, are licensed under."""

import argparse
import importlib
import json
import os
import re
import sys
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
APPS = ("audit", "identity", "rota", "storage", "messaging", "teleconsult")


def main() -> int:
    """Write, or with `--check` compare; the exit code is 1 when a document is out of date."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    django.setup()
    stale = []
    for name, content in {
        "openapi.json": openapi(),
        "states.md": states(),
        "licences.md": licences(),
    }.items():
        path = ROOT / "docs" / name
        if not path.exists() or path.read_text() != content:
            stale.append(f"docs/{name}")
            if not check:
                path.write_text(content)
    if check and stale:
        sys.stderr.write(f"out of date: {', '.join(stale)} (run `make docs`)\n")
        return 1
    return 0


def openapi() -> str:
    """The description of the API; ends the program where drf-spectacular warns (it has printed of what)."""
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiJsonRenderer

    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # not annotated
    if GENERATOR_STATS:
        sys.exit("the description of the API is ambiguous: see the warnings")
    return json.dumps(json.loads(OpenApiJsonRenderer().render(schema)), indent=1, sort_keys=True) + "\n"


def states() -> str:
    """A Mermaid diagram for each `…TRANSITIONS` table in `<app>/states.py`."""
    parts = ["# States\n\nGenerated from the tables in `*/states.py`; what is not drawn is refused.\n"]
    for app in APPS:
        try:
            module = importlib.import_module(f"{app}.states")
        except ModuleNotFoundError:
            continue
        for name, table in sorted(vars(module).items()):
            if name.endswith("TRANSITIONS"):
                title = name.removesuffix("_TRANSITIONS").replace("_", " ").lower()
                parts.append(f"## {app}: {title}\n\n{_diagram(table)}\n")
    return "\n".join(parts)


def _diagram(table: dict[StrEnum, frozenset[StrEnum]]) -> str:
    reached = {target for targets in table.values() for target in targets}
    lines = ["```mermaid", "stateDiagram-v2"]
    begins = [state for state in table if state not in reached] or list(table)[:1]
    lines += [f"    [*] --> {state}" for state in begins]
    for state, targets in table.items():
        lines += [f"    {state} --> {target}" for target in sorted(targets)]
        if not targets:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```"])


def licences() -> str:
    rows = [
        "# Licences of what Medicus builds on\n",
        "Medicus itself: AGPL-3.0-or-later. Generated from the lock files.\n",
    ]
    rows += ["## Python (at run time)\n", "| package | version | licence |", "|---|---|---|"]
    rows += [f"| {name} | {version} | {_python_licence(name)} |" for name, version in _python_packages()]
    rows += ["\n## npm (shipped to browsers)\n", "| package | version | licence |", "|---|---|---|"]
    rows += [f"| {name} | {version} | {licence} |" for name, version, licence in _npm_packages()]
    return "\n".join(rows) + "\n"


def _python_packages() -> list[tuple[str, str]]:
    """Those of requirements.lock that this platform installs."""
    here = {
        distribution.metadata["Name"].lower().replace("_", "-") for distribution in metadata.distributions()
    }
    locked = re.findall(
        r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    return [(name, version) for name, version in locked if name.replace(".", "-") in here or name in here]


def _python_licence(name: str) -> str:
    fields: Any = metadata.metadata(name)
    if expression := fields.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in fields.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    return ", ".join(classifiers) or str(fields.get("License") or "see package").splitlines()[0]


def _npm_packages() -> list[tuple[str, str, str]]:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    return sorted(
        (path.rpartition("node_modules/")[2], package["version"], str(package.get("license", "see package")))
        for path, package in lock["packages"].items()
        if path and not package.get("dev") and not package.get("optional")
    )


if __name__ == "__main__":
    sys.exit(main())
