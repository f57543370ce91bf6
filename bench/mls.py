"""The browser's engine in Chromium: the product's way beside bare core-crypto, in a group of 100 (web/bench)."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from bench.results import Row
from bench.setting import ROOT

PEER = "bare core-crypto"
COMPARED = {
    "mls.encrypt": "encrypt_p50_ms",
    "mls.decrypt": "decrypt_p50_ms",
    "mls.add_to_100": "add_to_100_ms",
    "mls.remove_from_100": "remove_from_100_ms",
}
ALONE = {
    "mls.encrypt_p50": ("product", "encrypt_p50_ms", "≤ 5"),
    "mls.encrypt_p95": ("product", "encrypt_p95_ms", "≤ 30"),
    "mls.decrypt_p50": ("product", "decrypt_p50_ms", "≤ 5"),
    "mls.decrypt_p95": ("product", "decrypt_p95_ms", "≤ 30"),
    "mls.create_and_add_100": ("product", "create_and_verify_100_ms", "≤ 500"),
    "mls.join_100": ("product", "join_and_verify_100_ms", "≤ 250"),
    "mls.add_1_to_100": ("product", "add_to_100_ms", "≤ 150"),
    "mls.remove_1_of_100": ("product", "remove_from_100_ms", "≤ 200"),
    "mls.catch_up_10000": ("product", "catch_up_10000_ms", ""),
    "mls.open_the_engine": ("start", "init_ms", "≤ 500"),
    "mls.reopen_and_send": ("start", "reopen_and_send_ms", "≤ 150"),
    "mls.ten_commits_converge": ("start", "ten_commits_converge_ms", "≤ 2000"),
}


def run(*, quick: bool) -> Iterator[Row | str]:
    """p50 of each operation; a quick run is no shorter."""
    if quick:
        yield "the same few operations as in a whole run"
    done = subprocess.run(
        ["npm", "run", "--silent", "bench"], cwd=ROOT / "web", capture_output=True, text=True, check=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    for name, figure in COMPARED.items():
        ours, bare = figures["product"][figure], figures["bare"][figure]
        target = "" if name == "mls.decrypt" else "≤ 2"  # ours also checks the sender and keeps the message
        yield Row(name, "ms", ours, bare, PEER, target)
    for name, (part, figure, target) in ALONE.items():
        yield Row(name, "ms", figures[part][figure], None, "itself", target)
