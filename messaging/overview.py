"""What `messaging` adds to the overview of the administration."""

from dataclasses import dataclass

from identity import plot
from medicus.lib.actor import Actor
from messaging.access import UrgentFigures, urgent_figures


@dataclass(frozen=True, slots=True)
class Section:
    """A panel of the overview: its template, and what that shows."""

    template: str
    figures: UrgentFigures
    columns: list[plot.Bar]
    columns_width: int
    plot_height: int


def section(*, by: Actor) -> Section:
    """Urgent messages of the last thirty days.

    Raises:
        NotFound: not an administrator.
    """
    figures = urgent_figures(by=by)
    return Section(
        "messaging/urgent_figures.html",
        figures,
        plot.columns([day.messages for day in figures.days]),
        plot.STEP * len(figures.days),
        plot.HEIGHT,
    )
