"""How long each one of an escalation chain is given before the next one is asked: the rule alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Given:
    """A step of a chain. wait_minutes: what the role's chain gives the one before it; gap: nobody can be asked."""

    wait_minutes: int
    gap: bool


def minutes_given(steps: Sequence[Given], *, deadline_minutes: int) -> list[int]:
    """How many minutes each has to answer: the first the deadline of the message, and so has the last; everybody
    between what the chain says, at most the deadline. Where nobody can be asked, no time is lost."""
    given = []
    first = True
    for place, step in enumerate(steps):
        after = steps[place + 1].wait_minutes if place + 1 < len(steps) else deadline_minutes
        minutes = deadline_minutes if first else min(deadline_minutes, after)
        given.append(0 if step.gap else minutes)
        first = first and step.gap
    return given


def asked_after(given: Sequence[int]) -> list[int]:
    """After how many minutes each is asked."""
    return list(accumulate(given[:-1], initial=0)) if given else []
