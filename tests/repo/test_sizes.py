"""No file grows into one that knows everything: 400 lines, then it is split by subject."""

from tests.repo.code import ROOT, tracked

LARGEST = 400
LARGEST_BROWSER_TEST = 600
"""A test in a browser tells one long story of scenes on a page that it has built once."""
DICTIONARIES = ("/web/src/i18n/",)
"""One row a sentence: they grow with the product and hold no logic."""
GENERATED = ("/migrations/", "package-lock.json", "/vectors/")


def test_no_file_is_longer_than_400_lines():
    long = {}
    for path in tracked("*.py", "*.ts", "*.css", "*.html", "*.sh", "scripts/*"):
        name = f"/{path.relative_to(ROOT)}"
        if any(part in name for part in GENERATED + DICTIONARIES):
            continue
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = sum(1 for _ in file)
        if lines > (LARGEST_BROWSER_TEST if name.startswith("/web/tests/") else LARGEST):
            long[name] = lines
    assert long == {}
