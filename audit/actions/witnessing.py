"""Showing the latest checkpoint to the witnesses, and keeping their word for it."""

import logging

from django.db import transaction

from audit import witnesses
from audit.access import tree
from audit.actions.recording import record
from audit.checkpoint import BadNote
from audit.cosignature import cosigned_at
from audit.events import Event
from audit.models import Checkpoint, Cosignature, Witness
from audit.states import CONTRADICTIONS, Trouble
from audit.witnesses import Configured
from medicus.lib import clock
from medicus.lib.actor import Actor, require_system
from medicus.lib.outgoing import Unreachable

log = logging.getLogger(__name__)


def ask_witnesses(*, by: Actor) -> int:
    """Ask each configured witness that has not cosigned the latest checkpoint yet; return how many did now.

    Apart from sealing, which never waits for anybody outside.
    """
    require_system(by)
    checkpoint = tree.latest_checkpoint()
    if checkpoint is None:
        return 0
    done = Cosignature.objects.filter(size=checkpoint.size).values_list("witness", flat=True)
    waiting = [witness for witness in witnesses.configured() if witness.key.name not in set(done)]
    return sum(_ask(witness, checkpoint, by) for witness in waiting)


def _ask(witness: Configured, checkpoint: Checkpoint, by: Actor) -> bool:
    last = Cosignature.objects.filter(witness=witness.key.name).order_by("-size").first()
    try:
        lines = witnesses.ask(
            witness, checkpoint.note, tree.sealed_tree(checkpoint), old_size=last.size if last else 0
        )
        trouble = _keep(witness, checkpoint, lines)
    except witnesses.Refused as refused:
        if _overtaken(refused):
            return False
        trouble = refused.trouble
    except Unreachable as unreachable:
        log.warning("witness %s did not answer: %s", witness.key.name, unreachable)
        trouble = Trouble.UNREACHABLE
    _note(witness, trouble, by)
    return trouble is Trouble.NONE


def _overtaken(refused: witnesses.Refused) -> bool:
    """Whether the larger tree that the witness has seen is ours: sealed, and shown to it, in the meantime."""
    latest = tree.latest_checkpoint()
    return refused.trouble is Trouble.ROLLED_BACK and latest is not None and refused.size <= latest.size


def _keep(witness: Configured, checkpoint: Checkpoint, lines: str) -> Trouble:
    """Keep the line that this witness's key signed; other lines are passed over, as its protocol says."""
    for line in lines.splitlines(keepends=True):
        try:
            at = cosigned_at(checkpoint.note + line, witness.key)
        except BadNote:
            continue
        Cosignature.objects.get_or_create(
            witness=witness.key.name, size=checkpoint.size, defaults={"at": at, "line": line}
        )
        return Trouble.NONE
    return Trouble.REFUSED


@transaction.atomic
def _note(witness: Configured, trouble: Trouble, by: Actor) -> None:
    before = Witness.objects.filter(name=witness.key.name).values_list("trouble", flat=True).first()
    Witness.objects.update_or_create(
        name=witness.key.name, defaults={"asked_at": clock.now(), "trouble": trouble.value}
    )
    if trouble in CONTRADICTIONS and before != trouble.value:
        log.error("witness %s contradicts the audit log: %s", witness.key.name, trouble.value)
        record(Event.AUDIT_DISPUTE, by=by, details={"witness": witness.key.name, "trouble": trouble.value})
