"""Rows of `bench/results.json` and how they are printed."""

import json
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Row:
    """One comparison of one run. `target` bounds the ratio ("≥ 2.5"), or `ours` where there is no peer."""

    name: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str
    target: str

    @property
    def ratio(self) -> float | None:
        return round(self.ours / self.peer, 3) if self.peer else None

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to compare with."""
        value = self.ratio if self.peer is not None or self.peer_name != "itself" else self.ours
        if not self.target or value is None:
            return None
        sign, bound = self.target.split()
        return value >= float(bound) if sign == "≥" else value <= float(bound)


def machine() -> str:
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    return (
        f"{cpu}, {cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def write(benchmark: str, rows: list[Row], notes: list[str]) -> None:
    """Write the file; a run of some benchmarks replaces only what it measured."""
    body = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"notes": {}, "rows": []}
    fresh = [asdict(row) | {"ratio": row.ratio} for row in rows]
    keys = {(row["name"], row["peer_name"]) for row in fresh}
    body["rows"] = [row for row in body["rows"] if (row["name"], row["peer_name"]) not in keys] + fresh
    body["notes"][benchmark] = notes
    body |= {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    RESULTS.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n")


def show(row: Row) -> str:
    peer = f"{row.peer:12.3f} {row.peer_name}" if row.peer is not None else f"{'—':>12} {row.peer_name}"
    ratio = f"{row.ratio:8.3f}" if row.ratio is not None else f"{'—':>8}"
    verdict = {True: "holds", False: "MISSED", None: ""}[row.holds]
    return f"{row.name:44} {row.ours:12.3f} {row.unit:10} {peer:28} {ratio}  {row.target:8} {verdict}"
