"""Who knows nothing and tries: which accounts there are, and what their passwords are."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from identity.actions import sign_in
from identity.models import Membership, Person
from medicus.lib.clock import now
from tests.identity.conftest import PASSWORD, fresh_browser

SIGN_IN = "/sign-in/"
NOBODY = "nina@hospital-a.example"


def answered(email: str, password: str) -> tuple[int, dict[str, str], bytes]:
    """What a stranger sees: status, headers, and the page without what is random or was typed."""
    answer = fresh_browser().post(SIGN_IN, {"email": email, "password": password})
    page = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content)
    page = re.sub(rb"nonce(=|-)[\"']?[\w+/=-]+", b"", page).replace(email.encode(), b"")
    headers = {name: re.sub(r"'nonce-[^']+'", "", value) for name, value in answer.headers.items()}
    return answer.status_code, headers | {"Content-Length": ""}, page


@pytest.mark.parametrize(
    "end",
    [
        lambda dora: None,
        lambda dora: Person.objects.filter(id=dora.person.id).update(is_active=False),
        lambda dora: Membership.objects.filter(id=dora.membership.id).update(valid_until=now()),
        lambda dora: Person.objects.filter(id=dora.person.id).update(password="!unusable"),
    ],
    ids=["active", "inactive", "membership ended", "no password yet"],
)
def test_an_account_answers_byte_for_byte_like_none_after_the_same_queries(dora, end):
    end(dora)
    answered(NOBODY, "wrong")  # fills what is kept between requests
    with CaptureQueriesContext(connection) as known:
        there = answered(dora.person.email, "wrong")
    with CaptureQueriesContext(connection) as unknown:
        absent = answered(NOBODY, "wrong")
    assert there == absent
    assert len(known) == len(unknown)


def test_an_account_takes_as_much_work_as_none(dora):
    def seconds(email: str) -> float:
        begun = time.process_time()
        fresh_browser().post(SIGN_IN, {"email": email, "password": "wrong"}, REMOTE_ADDR=addresses.pop())
        return time.process_time() - begun

    addresses = [f"203.0.113.{number}" for number in range(40)]
    pairs = [(seconds(dora.person.email), seconds(NOBODY)) for _ in range(15)]
    there, absent = (min(each) for each in zip(*pairs, strict=True))
    assert 0.8 < there / absent < 1.25


def test_of_a_thousand_guesses_from_as_many_addresses_a_hundred_are_looked_at(dora, monkeypatch):
    looked_at = []

    def check(password: str, _hash: str) -> bool:
        looked_at.append(password)
        return password == PASSWORD

    monkeypatch.setattr(sign_in, "check_password", check)
    give = {"email": dora.person.email, "password": PASSWORD}
    fresh_browser().post(SIGN_IN, give, REMOTE_ADDR="192.0.2.10")
    looked_at.clear()
    browser = fresh_browser()
    statuses = [
        browser.post(
            SIGN_IN,
            give | {"password": f"guess {number}"},
            REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}",
        ).status_code
        for number in range(1000)
    ]
    assert statuses == [400] * 100 + [429] * 900
    assert len(looked_at) == 100
    assert AuditEvent.objects.filter(event="sign-in:refuse").count() == 100
    assert AuditEvent.objects.filter(event="sign-in:pause").count() == 1
    assert browser.post(SIGN_IN, give, REMOTE_ADDR="10.9.9.9").status_code == 429
