"""The plot of `bench growth`: four panels of labelled bars as SVG, which the reader's light or dark theme colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bench.chat.growing import Cost, Idle

WIDTH, HEIGHT = 960, 300
PANEL, TOP, FLOOR, BAR = WIDTH // 4, 84, 236, 26
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c2430}.title{font-weight:600;font-size:14px}.soft{font-size:12px;fill:#5b6675}"
    ".first{fill:#1f5fbf}.second{fill:#8fb4ea}.floor{stroke:#9aa4b2}.page{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e6eaf0}.soft{fill:#a3adbb}.first{fill:#6ea8ff}.second{fill:#2f5f9f}"
    ".floor{stroke:#5b6675}.page{fill:#12161c}}"
)


@dataclass(frozen=True)
class Panel:
    """bars: label, and one or two values side by side. legend: what they are."""

    title: str
    legend: str
    bars: Sequence[tuple[str, Sequence[float]]]
    below: str


def draw(costs: Sequence[Cost], stands: Sequence[Idle]) -> str:
    """costs: the first one of the smaller population, the others of the larger."""
    few, rooms = costs[0], costs[1:]
    room, users = "members of the room", f"{rooms[0].users:,} users"
    compared = [(f"{few.members}/{few.users:,}", (few.postgres_ms,))]
    compared += [
        (f"{one.members}/{one.users:,}", (one.postgres_ms,)) for one in rooms if one.members >= few.members
    ]
    standing = [(f"{one.connections:,}", (one.resident_megabytes,)) for one in stands]
    panels = (
        Panel("Sends per second", f"eight senders, {users}", [(str(one.members), (one.sends_per_second,)) for one in rooms], room),
        Panel("Delivered to everybody, ms", f"p50 and p95, {users}", [(str(one.members), one.delivered) for one in rooms], room),
        Panel("PostgreSQL, ms a message", "time of its statements", compared, "members of the room/users"),
        Panel("Idle connections, MB", "web process", standing, "connections"),
    )  # fmt: skip
    drawn = "".join(_panel(panel, place * PANEL) for place, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(_said(panels))}"><style>{STYLE}</style>'
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>{drawn}</svg>\n'
    )


def _panel(panel: Panel, left: int) -> str:
    most = max(value for _label, values in panel.bars for value in values) or 1
    step = (PANEL - 32) // len(panel.bars)
    parts = [
        _text(panel.title, left + 16, 32, "title"),
        _text(panel.legend, left + 16, 52, "soft"),
        f'<line class="floor" x1="{left + 16}" x2="{left + PANEL - 16}" y1="{FLOOR}" y2="{FLOOR}"/>',
        _text(panel.below, left + 16, FLOOR + 46, "soft"),
    ]
    for place, (label, values) in enumerate(panel.bars):
        middle = left + 16 + place * step + step // 2
        parts.append(_text(label, middle, FLOOR + 20, "soft", anchor="middle"))
        parts += _bars(values, middle, most)
    return "".join(parts)


def _bars(values: Sequence[float], middle: int, most: float) -> list[str]:
    width = BAR if len(values) == 1 else BAR - 4
    left = middle - width * len(values) // 2
    found = []
    for place, value in enumerate(values):
        height = max(1, round((FLOOR - TOP) * value / most))
        x, name = left + place * width, ("first", "second")[place]
        found.append(
            f'<rect class="{name}" x="{x}" y="{FLOOR - height}" width="{width - 2}" height="{height}"/>'
        )
        found.append(_text(_number(value), x + width // 2, FLOOR - height - 6, "", anchor="middle"))
    return found


def _text(words: str, x: int, y: int, name: str, *, anchor: str = "start") -> str:
    return f'<text class="{name}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def _said(panels: Sequence[Panel]) -> str:
    """The same for who does not see it."""
    said = []
    for panel in panels:
        bars = "; ".join(f"{label}: {', '.join(map(_number, values))}" for label, values in panel.bars)
        said.append(f"{panel.title} ({panel.legend}), by {panel.below}: {bars}")
    return ". ".join(said)
