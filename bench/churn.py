"""30 seeds × 60 steps of churn in a group of three MLS implementations (tests/messaging/churn.py).

Each walk ends at the first disagreement, which is printed with its seed."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from bench.results import Row
from tests.messaging.churn import page_of_walks, walk

SEEDS, STEPS = 30, 60


def run(*, quick: bool) -> Iterator[Row | str]:
    """Disagreements among the members, later messages that a removed one could read: none of either."""
    seeds, steps = (2, 20) if quick else (SEEDS, STEPS)
    walks: list[dict[str, Any]] = []
    broken = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, page_of_walks(Path(folder)) as page:
        for seed in range(1, seeds + 1):
            try:
                walks.append(walk(page, seed, steps))
            except Error as error:
                broken += 1
                yield f"seed {seed}: {str(error)[:400]}"
            page.reload()
            page.wait_for_function("'walk' in window")
    total = {
        key: sum(one[key] for one in walks) for key in ("commits", "races", "messages", "attempts", "strayed")
    }
    minutes = (time.monotonic() - began) / 60
    yield f"{seeds} seeds × {steps} steps in {minutes:.1f} minutes: {total}"
    yield Row("churn.disagreements", "walks", broken, None, "itself", "≤ 0")
    yield Row("churn.steps", "steps", sum(sum(one["steps"].values()) for one in walks), None, "itself", "")
    yield Row("churn.ts_mls_strayed", "members", total["strayed"], None, "itself", "")
