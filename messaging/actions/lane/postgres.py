"""Writing a batch on PostgreSQL: a connection of its own, two round trips however large the batch."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import psycopg

from audit import actions as audit
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from messaging.actions.lane.decide import Counter, Earlier, Known, Outcome, Outgoing, Written, decide
from messaging.postgres import Pipeline, Statement, connect
from messaging.postgres.pipeline import BEGIN, COMMIT, ROLLBACK, Request
from messaging.postgres.statements import statement

_LOCK = Statement("""
SELECT id, epoch, last_seq, held_for_id, held_left, closed FROM messaging_group
WHERE id = ANY (%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
""")
_LEAVES = Statement("""
SELECT group_id, device_id FROM messaging_groupdevice
WHERE group_id = ANY (%s::uuid[]) AND device_id = ANY (%s::uuid[]) AND left_seq IS NULL AND revoked_at IS NULL
""")
_EARLIER = Statement("""
SELECT group_id, message_id, seq, at, device_id, body FROM messaging_entry
JOIN unnest(%s::uuid[], %s::uuid[]) AS named (group_id, message_id) USING (group_id, message_id)
""")
_INSERT = Statement("""
INSERT INTO messaging_entry (at, kind, group_id, seq, message_id, epoch, device_id, person_id, body)
SELECT %s::timestamptz, 'application', fresh.* FROM unnest(
  %s::uuid[], %s::bigint[], %s::uuid[], %s::bigint[], %s::uuid[], %s::uuid[], %s::bytea[]
) AS fresh
""")
_COUNT = Statement("""
UPDATE messaging_group SET last_seq = counted.last_seq, held_left = counted.held_left
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS counted (id, last_seq, held_left)
WHERE messaging_group.id = counted.id
""")


class PostgresWriter:
    """Writes batches one after the other; opens its connection when it is needed."""

    def __init__(self) -> None:
        self._pipeline: Pipeline | None = None

    async def write(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Write a batch in one transaction; a message that the database refuses fails alone.

        A broken connection is replaced and the batch tried once more: ids make that safe, also when the
        first try did commit.

        Raises:
            psycopg.OperationalError, psycopg.InterfaceError: the database is away; nothing is known of the
                batch.
        """
        try:
            return await self._write_or_split(batch)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.abandon()
            return await self._write_or_split(batch)

    def abandon(self) -> None:
        """Break off what is under way; the next batch gets a new connection."""
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None

    async def close(self) -> None:
        self.abandon()

    async def _write_or_split(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        if self._pipeline is None or self._pipeline.closed:
            self._pipeline = await connect()
        pipeline = self._pipeline
        try:
            return await _write(pipeline, batch)
        except (psycopg.IntegrityError, psycopg.DataError):
            await pipeline.run([(ROLLBACK, ())])
            if len(batch) == 1:
                return [Invalid()]
            return [outcome for message in batch for outcome in await self._write_or_split([message])]


async def _write(pipeline: Pipeline, batch: Sequence[Outgoing]) -> list[Outcome]:
    known = await _known(pipeline, batch)
    at = now()
    outcomes = decide(batch, known, at)
    fresh = [
        (message, outcome.seq)
        for message, outcome in zip(batch, outcomes, strict=True)
        if isinstance(outcome, Written) and outcome.fresh
    ]
    await pipeline.run([*_insertions(fresh, at, known.counters), (COMMIT, ())] if fresh else [(ROLLBACK, ())])
    return outcomes


async def _known(pipeline: Pipeline, batch: Sequence[Outgoing]) -> Known:
    """Lock the counters in order of id, then read what the decisions need: all in one round trip."""
    group_ids = list({message.group_id for message in batch})
    device_ids = list({message.device_id for message in batch})
    named = [message.group_id for message in batch], [message.message_id for message in batch]
    _begun, locked, active, repeated = await pipeline.run(
        [(BEGIN, ()), (_LOCK, [group_ids]), (_LEAVES, [group_ids, device_ids]), (_EARLIER, named)]
    )
    return Known(
        {group_id: Counter(*counted) for group_id, *counted in locked},
        set(active),
        {
            (group_id, message_id): Earlier(seq, at, device_id, body)
            for group_id, message_id, seq, at, device_id, body in repeated
        },
    )


def _insertions(
    fresh: Sequence[tuple[Outgoing, int]], at: datetime, counters: Mapping[uuid.UUID, Counter]
) -> list[Request]:
    messages = [message for message, _ in fresh]
    written = list({message.group_id for message in messages})
    last_seqs = [counters[group_id].last_seq for group_id in written]
    held_left = [counters[group_id].held_left for group_id in written]
    columns = [
        [message.group_id for message in messages],
        [seq for _, seq in fresh],
        [message.message_id for message in messages],
        [message.epoch for message in messages],
        [message.device_id for message in messages],
        [message.person_id for message in messages],
        [message.body for message in messages],
    ]
    audited = audit.statements([message.audit() for message in messages])
    return [
        (_INSERT, [at, *columns]),
        (_COUNT, [written, last_seqs, held_left]),
        *((statement(text), parameters) for text, parameters in audited),
    ]
