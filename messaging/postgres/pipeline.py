"""One connection in libpq's pipeline mode, driven by the event loop."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

import psycopg
from django.db import connections
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

from messaging.postgres.statements import Statement

CONNECTION_OPTIONS = (
    "host", "port", "user", "password", "dbname", "connect_timeout", "tcp_user_timeout", "keepalives_idle",
    "sslmode", "sslrootcert", "sslcert", "sslkey",
)  # fmt: skip
PLANS = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""A prepared statement's plan is kept. One that was made while the tables were small would read all of them for
each batch once they are large; all that is asked here is found by an index."""

BEGIN, COMMIT, ROLLBACK = Statement("BEGIN"), Statement("COMMIT"), Statement("ROLLBACK")

Request: TypeAlias = tuple[Statement, Sequence[Any]]
Rows: TypeAlias = list[tuple[Any, ...]]


async def connect() -> "Pipeline":
    """Open a connection.

    Raises:
        psycopg.OperationalError: the database is away, known within `connect_timeout`.
    """
    opened = await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True)
    return Pipeline(opened)


def _parameters() -> dict[str, Any]:
    """Django's connection parameters, without those that only its own backend understands."""
    of_django = connections["default"].get_connection_params()
    own = {name: of_django[name] for name in CONNECTION_OPTIONS if name in of_django}
    return own | {"options": f"{of_django.get('options', '')} -c timezone=UTC {PLANS}"}


class Pipeline:
    """Runs lists of statements, each list in one round trip. One list at a time."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._prepared: set[bytes] = set()
        self._loop = asyncio.get_running_loop()
        self._fresh: list[bool] = []
        self._ready: asyncio.Future[None] | None = None
        self.closed = False
        self._libpq.enter_pipeline_mode()
        self._socket = self._libpq.socket  # libpq forgets it when the connection breaks; the loop does not

    async def run(self, requests: Sequence[Request]) -> list[Rows]:
        """Run statements in order and return the rows of each; the first error ends the list.

        When the connection breaks, or the caller is cancelled, the pipeline is closed at that very moment: the
        number of its socket soon belongs to another connection.

        Raises:
            psycopg.OperationalError: the connection is broken, or a timeout of the server ended a statement.
            psycopg.DatabaseError: a statement was refused; those after it were not run.
        """
        try:
            results = iter(await self._exchange(requests))
        except BaseException:
            self.close()
            raise
        answers, failed = [], None
        for (statement, _values), is_fresh in zip(requests, self._fresh, strict=True):
            steps = [next(results) for _ in range(1 + is_fresh)]
            if is_fresh and steps[0].status != pq.ExecStatus.COMMAND_OK:
                self._prepared.discard(statement.name)
            for step in steps:
                if step.status == pq.ExecStatus.FATAL_ERROR:
                    failed = failed or error_from_result(step)
            answers.append(steps[-1])
        if failed is not None:
            raise failed
        return [self._rows(answer) for answer in answers]

    def close(self) -> None:
        """Close at once, whatever is under way; once."""
        if not self.closed:
            self._forget_socket()
            self.closed = True
            self._libpq.finish()

    async def _exchange(self, requests: Sequence[Request]) -> list[Any]:
        if self.closed:
            raise psycopg.OperationalError("the connection is closed")
        self._fresh = [self._send(*request) for request in requests]
        self._libpq.pipeline_sync()
        await self._flush()
        return await self._results()

    def _send(self, statement: Statement, parameters: Sequence[Any]) -> bool:
        """Queue a statement; return whether it is prepared along with it."""
        is_fresh = statement.name not in self._prepared
        if is_fresh:
            self._libpq.send_prepare(statement.name, statement.command)
            self._prepared.add(statement.name)
        values, formats = statement.encode(parameters)
        self._libpq.send_query_prepared(statement.name, values, formats, pq.Format.BINARY)
        return is_fresh

    async def _flush(self) -> None:
        while self._libpq.flush():
            self._loop.add_writer(self._socket, self._wake)
            await self._wait()
            self._libpq.consume_input()

    async def _results(self) -> list[Any]:
        """The results up to the next synchronisation point."""
        results: list[Any] = []
        while True:
            while self._libpq.is_busy():
                await self._wait()
                self._libpq.consume_input()
            result = self._libpq.get_result()
            if result is None:  # the end of one statement
                self._require_connection()
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    async def _wait(self) -> None:
        """Wait until the socket can be read, or written where that was asked for, too.

        The loop is told anew each time: uvloop stops watching a socket once it has seen an error on it, though
        what the server wrote before is still to be read. And an idle connection that is hung up on wakes nobody."""
        self._require_connection()
        self._ready = self._loop.create_future()
        self._loop.add_reader(self._socket, self._wake)
        try:
            await self._ready
        finally:
            self._forget_socket()

    def _forget_socket(self) -> None:
        """Not once it is closed: its number may be another's by then."""
        if not self.closed:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)

    def _require_connection(self) -> None:
        """Libpq may have found the connection broken without a word, and closed its socket."""
        if self._libpq.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")

    def _wake(self) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(None)

    def _rows(self, result: Any) -> Rows:
        if result.status != pq.ExecStatus.TUPLES_OK:
            return []
        transformer = Transformer(self._connection)
        transformer.set_pgresult(result, format=pq.Format.BINARY)
        return list(transformer.load_rows(0, result.ntuples, tuple))
