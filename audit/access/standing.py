"""How the log stands: how far it is sealed, and what its witnesses say."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.access import tree
from audit.entries import instant_of
from audit.models import Cosignature, Unsequenced, Witness
from audit.states import CONTRADICTIONS, Trouble
from audit.witnesses import configured
from medicus.lib import clock

STALLED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class WitnessState:
    """`size` and `at`: of the largest checkpoint it cosigned (None: none yet). `contradicts`: see `Trouble`."""

    name: str
    size: int | None
    at: datetime | None
    trouble: str

    @property
    def contradicts(self) -> bool:
        return Trouble(self.trouble) in CONTRADICTIONS


@dataclass(frozen=True, slots=True)
class SealState:
    """The latest checkpoint (None: nothing is sealed yet), whether events wait for too long, and the witnesses."""

    size: int | None
    at: datetime | None
    root: str
    note: str
    stalled: bool
    witnesses: list[WitnessState]


def seal_state() -> SealState:
    """How far the log is sealed. The same for everybody: it names nobody and tells no event."""
    latest = tree.latest_checkpoint()
    oldest = Unsequenced.objects.order_by("event_id").values_list("event_id", flat=True).first()
    stalled = oldest is not None and clock.now() - instant_of(oldest) > STALLED_AFTER
    if latest is None:
        return SealState(None, None, "", "", stalled, [])
    root, note = base64.b64encode(latest.root).decode(), tree.witnessed_note(latest)
    return SealState(latest.size, latest.at, root, note, stalled, witness_states())


def witness_states() -> list[WitnessState]:
    """What each configured witness cosigned last, and what keeps it from more."""
    names = [witness.key.name for witness in configured()]
    troubles = dict(Witness.objects.filter(name__in=names).values_list("name", "trouble"))
    return [_state(name, troubles.get(name, "")) for name in names]


def _state(name: str, trouble: str) -> WitnessState:
    last = Cosignature.objects.filter(witness=name).order_by("-size").first()
    return WitnessState(name, last.size if last else None, last.at if last else None, trouble)
