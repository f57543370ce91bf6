"""One time code, brought at once to several server processes with one PostgreSQL: it opens one session."""

import asyncio
import http.client
import json
import urllib.parse
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pyotp
import pytest

from tests.identity.conftest import PASSWORD
from tests.messaging.clients import TOKEN
from tests.messaging.processes import PYTHON, run, start_migrated_postgres, start_web
from tests.services import Service

pytestmark = pytest.mark.services
BROWSERS = 5
"""As many guesses as an account has in a quarter of an hour, so that no limit answers for the code."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], list[Service]]]:
    folder = tmp_path_factory.mktemp("codes")
    postgres = start_migrated_postgres(folder / "postgres")
    started: list[Service] = []
    try:
        dora = json.loads(run([PYTHON, "-m", "tests.identity.seed_sign_in"], folder, postgres.url))
        started = [start_web(folder, database_url=postgres.url) for _ in range(2)]
        yield dora, started
    finally:
        for service in [*started, postgres]:
            service.stop()


def post(url: str, path: str, form: dict[str, str], session: str = "") -> tuple[int, str]:
    """Send a form as a browser does; give the status and the session's key after it."""
    connection = http.client.HTTPConnection(str(urllib.parse.urlsplit(url).netloc), timeout=20)
    headers = {
        "Cookie": f"csrf={TOKEN}; session={session}",
        "Origin": url,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": TOKEN})
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    cookies: SimpleCookie = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
    connection.close()
    return answer.status, cookies["session"].value if "session" in cookies else session


async def test_a_code_that_is_brought_to_two_processes_at_once_opens_one_session(servers: Any) -> None:
    dora, processes = servers
    ways = [processes[number % 2].url for number in range(BROWSERS)]
    halves = []
    for url in ways:
        status, session = post(url, "/sign-in/", {"email": dora["email"], "password": PASSWORD})
        assert status == 302
        halves.append(session)
    form = {"code": pyotp.TOTP(dora["secret"]).now()}
    answers = await asyncio.gather(
        *(
            asyncio.to_thread(post, url, "/sign-in/second-factor/", form, half)
            for url, half in zip(ways, halves, strict=True)
        )
    )
    assert sorted(status for status, _ in answers) == [302] + [400] * (BROWSERS - 1)
