"""Health probe for containers that have no curl: `python -m medicus.probe URL`, exit code 0 when healthy."""

import argparse
import os
import sys
import time
import urllib.request
from urllib.parse import urlsplit


def main() -> int:
    """Answer 0 when the URL answers 200, or when the file was written recently enough."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", help="http:// URL, or a file with --file-younger-than")
    parser.add_argument("--file-younger-than", type=float, metavar="SECONDS")
    arguments = parser.parse_args()
    try:
        if arguments.file_younger_than is not None:
            return int(time.time() - os.stat(arguments.target).st_mtime > arguments.file_younger_than)
        host = urlsplit(os.environ.get("MEDICUS_ORIGIN", arguments.target)).netloc
        request = urllib.request.Request(arguments.target, headers={"Host": host})  # noqa: S310 - the operator's
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return int(answer.status != 200)
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
