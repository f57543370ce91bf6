"""The message path's own way to PostgreSQL: what goes in comes out, and what breaks is closed at once."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest
import uvloop

from messaging.live import reading
from messaging.live.reading import PostgresReader, Threads
from messaging.postgres import Pipeline, Statement, connect, pipeline
from tests.messaging.proxy import Proxy

pytestmark = [
    pytest.mark.usefixtures("async_db"),
    pytest.mark.skipif("not __import__('os').environ.get('DATABASE_URL')", reason="needs PostgreSQL"),
]
ONE = uuid.UUID("01a20181-68f1-7a06-84eb-3a654ead993f")
AT = datetime(2026, 3, 1, 8, 15, 0, 123456, UTC)
SLOW = Statement("SELECT pg_sleep(10)")


@pytest.fixture
async def proxied(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    real = pipeline._parameters()
    async with Proxy(real["host"], int(real["port"])) as proxy:
        monkeypatch.setattr(pipeline, "_parameters", lambda: real | {"host": "127.0.0.1", "port": proxy.port})
        yield proxy


@pytest.fixture
async def opened(proxied: Proxy) -> AsyncIterator[Pipeline]:
    made = await connect()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("uuid", ONE),
        ("bigint", -(2**62)),
        ("timestamptz", AT),
        ("timestamptz", datetime(1999, 12, 31, 23, 59, 59, 1, UTC)),
        ("text", "Grüße, 患者"),
        ("bytea", bytes(range(256))),
        ("uuid", None),
        ("uuid[]", [ONE, None, ONE]),
        ("bigint[]", [1, None, -1]),
        ("timestamptz[]", [AT, None]),
        ("bytea[]", [b"", b"\x00\xff", None]),
        ("uuid[]", []),
        ("uuid[]", [None]),
    ],
)
async def test_a_value_comes_back_as_it_went(opened, type_name, value):
    assert await opened.run([(Statement(f"SELECT %s::{type_name}"), [value])]) == [[(value,)]]


async def test_a_literal_is_read_as_its_type(opened):
    asked = Statement("SELECT %s::uuid[], %s::bytea[], %s::timestamptz[]")
    literals = [f"{{{ONE.hex},NULL}}", "{\\\\x00ff}", f"{{{AT.isoformat()}}}"]
    assert await opened.run([(asked, literals)]) == [[([ONE, None], [b"\x00\xff"], [AT])]]


async def test_large_parameters_go_through(opened):
    large = [bytes([index]) * 1_000_000 for index in range(20)]
    ((row,),) = await opened.run([(Statement("SELECT %s::bytea[]"), [large])])
    assert row == (large,)


async def test_statements_of_one_list_run_in_order(opened):
    answers = await opened.run([(Statement(f"SELECT {index}::bigint"), ()) for index in range(5)])
    assert answers == [[(index,)] for index in range(5)]


async def test_a_plan_made_while_a_table_is_empty_still_uses_its_index(opened):
    """It is kept, and the table grows."""
    explained = Statement(
        "EXPLAIN SELECT seq FROM messaging_entry JOIN unnest(%s::uuid[]) AS named (message_id) USING (message_id)"
        " WHERE group_id = %s::uuid"
    )
    ((*lines,),) = await opened.run([(explained, [[ONE], ONE])])
    assert "Index" in str(lines)
    assert "Seq Scan" not in str(lines)


async def test_after_an_error_nothing_more_of_the_list_runs_and_the_next_list_does(opened):
    later = Statement("SELECT 7::bigint")
    with pytest.raises(psycopg.DataError):
        await opened.run([(Statement("SELECT 1 / %s::bigint"), [0]), (later, ())])
    assert await opened.run([(later, ())]) == [[(7,)]]


async def test_a_statement_that_is_no_sql_is_an_error_of_its_own(opened):
    wrong = Statement("SELECT nothing FROM nowhere")
    for _ in range(2):
        with pytest.raises(psycopg.ProgrammingError):
            await opened.run([(wrong, ())])
    assert await opened.run([(Statement("SELECT 1::bigint"), ())]) == [[(1,)]]


@pytest.mark.parametrize("text", ["SELECT %s", "SELECT %s::point"])
def test_a_parameter_must_name_a_type_that_can_be_written(text):
    with pytest.raises(ValueError, match=r"type|encoder"):
        Statement(text)


async def test_a_connection_that_is_cut_under_way_is_closed_at_that_moment(proxied: Proxy, opened: Pipeline):
    asked = asyncio.create_task(opened.run([(SLOW, ())]))
    await asyncio.sleep(0)
    proxied.cut()
    with pytest.raises(psycopg.OperationalError):
        await asked
    assert opened.closed
    with pytest.raises(psycopg.OperationalError):
        await opened.run([(SLOW, ())])


async def test_closing_a_broken_one_again_does_not_touch_the_socket_of_the_next(
    proxied: Proxy, opened: Pipeline
):
    await opened.run([(Statement("SELECT 1::bigint"), ())])
    proxied.cut()
    with pytest.raises(psycopg.OperationalError):
        await opened.run([(Statement("SELECT 1::bigint"), ())])
    following = [await connect() for _ in range(3)]  # one of them has the number of the broken one
    answers = [asyncio.create_task(one.run([(Statement("SELECT pg_sleep(0.1)"), ())])) for one in following]
    await asyncio.sleep(0)
    opened.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*answers)
    for one in following:
        one.close()


async def test_nothing_listens_to_an_idle_connection(proxied: Proxy, opened: Pipeline):
    """Else a server that hangs up would wake the loop for ever."""
    await opened.run([(Statement("SELECT 1::bigint"), ())])
    assert not asyncio.get_running_loop().remove_reader(opened._socket)
    proxied.cut()
    with pytest.raises(psycopg.OperationalError):
        await opened.run([(Statement("SELECT 1::bigint"), ())])


async def _ask_a_connection_whose_server_said_goodbye() -> None:
    """The answer begins with that goodbye, and an error of the socket follows it."""
    opened, other = [await connect() for _ in range(2)]
    ((process_id,),) = (await opened.run([(Statement("SELECT pg_backend_pid()::bigint"), ())]))[0]
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s::bigint"
    await other.run([(Statement(ended), [process_id])])
    other.close()
    async with asyncio.timeout(5):
        with pytest.raises(psycopg.OperationalError):
            await opened.run([(Statement("SELECT 1::bigint"), ())])
    assert opened.closed


@pytest.mark.parametrize("new_event_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_server_that_said_goodbye_is_noticed_on_each_kind_of_loop(new_event_loop):
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_ask_a_connection_whose_server_said_goodbye())


async def test_who_is_cancelled_leaves_no_half_read_connection(opened: Pipeline):
    asked = asyncio.create_task(opened.run([(SLOW, ())]))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert opened.closed


async def test_a_reader_whose_database_hangs_gives_up_and_reads_again_when_it_is_back(
    proxied: Proxy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "PAGE_SECONDS", 0.5)
    reader = PostgresReader(Threads())
    assert await reader.page(ONE, 0, 10) == []
    proxied.hang = True
    with pytest.raises(TimeoutError):
        await reader.page(ONE, 0, 10)
    proxied.hang = False
    assert await reader.page(ONE, 0, 10) == []
    await reader.close()
    await reader.threads.close()
