"""What is installed in production is what production uses."""

import re
import tomllib
from importlib.metadata import packages_distributions

from tests.repo.code import ROOT, tracked

INSTALLED = packages_distributions()
FOUND_BY_OTHERS = {
    "babel": "compiles the catalogues where the image is built",
    "argon2-cffi": "Django's password hasher",
    "pylibjpeg": "pydicom finds its decoders by itself",
    "pylibjpeg-openjpeg": "pydicom finds its decoders by itself",
    "pyjpegls": "pydicom finds its decoders by itself",
    "python-gdcm": "pydicom finds its decoders by itself",
}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {re.split(r"[\[~=<>!; ]", line)[0] for line in project["dependencies"]}


def module_names(distribution: str) -> set[str]:
    return {
        module
        for module, distributions in INSTALLED.items()
        if distribution in {name.lower().replace("_", "-") for name in distributions}
    }


def is_used(distribution: str, code: str) -> bool:
    """Imported, or named in a setting (`"csp.middleware…"`), a list of words, or an option (`--loop=uvloop`)."""
    names = "|".join(map(re.escape, module_names(distribution)))
    assert names, f"{distribution} is not installed"
    return bool(re.search(rf"^\s*(?:from|import|-) (?:{names})\b|[\"'=](?:{names})\b", code, re.MULTILINE))


def test_every_runtime_dependency_is_used_at_run_time():
    paths = [
        path for path in tracked("*.py", "docker-compose.yml", "Dockerfile") if "tests" not in path.parts
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths if "bench" not in path.parts)
    assert {name for name in declared() if not is_used(name, code)} == set(FOUND_BY_OTHERS)
