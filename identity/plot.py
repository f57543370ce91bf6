"""Bars of a plot as whole numbers, which a template writes into SVG: no library, and no style that CSP would refuse."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, STEP, WIDTH = 100, 20, 16
"""The plot is `STEP` × number of bars wide and `HEIGHT` high, in units of its view box."""


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int


def columns(counts: Sequence[int]) -> list[Bar]:
    """Upright bars beside each other; the highest fills the plot, and any above nothing is seen."""
    most = max(counts, default=0) or 1
    heights = [max(2, round(HEIGHT * count / most)) if count else 0 for count in counts]
    return [Bar(place * STEP + 2, HEIGHT - height, WIDTH, height) for place, height in enumerate(heights)]


def parts(counts: Sequence[int], *, length: int) -> list[Bar]:
    """One lying bar in parts, which together are `length` long; all empty where there is nothing to divide."""
    whole, bars, before = sum(counts), [], 0
    for count in counts:
        end = round(length * (before + count) / whole) if whole else 0
        start = round(length * before / whole) if whole else 0
        bars.append(Bar(start, 0, end - start, HEIGHT))
        before += count
    return bars
