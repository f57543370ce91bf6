"""Health probe for containers that have no curl: `python -m medicus.probe URL`, exit code 0 when healthy."""

import argparse
import os
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit


def main() -> int:
    """Answer 0 when the URL answers 200, or when a file was written recently enough."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", help="http:// URL; with --file-younger-than how a file's path begins")
    parser.add_argument("--file-younger-than", type=float, metavar="SECONDS")
    arguments = parser.parse_args()
    try:
        if arguments.file_younger_than is not None:
            return int(time.time() - _written_at(Path(arguments.target)) > arguments.file_younger_than)
        host = urlsplit(os.environ.get("MEDICUS_ORIGIN", arguments.target)).netloc
        request = urllib.request.Request(arguments.target, headers={"Host": host})  # noqa: S310 - the operator's
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return int(answer.status != 200)
    except OSError:
        return 1


def _written_at(beginning: Path) -> float:
    """When the newest file was written whose path begins so: `shelve` adds .db or .dat, as Python was built."""
    found = beginning.parent.glob(f"{beginning.name}*")
    return max((path.stat().st_mtime for path in found), default=0.0)


if __name__ == "__main__":
    sys.exit(main())
