"""How long a session lasts, what ends it, and how soon."""

import datetime as dt
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import RequestFactory

from identity import sessions
from identity.access import actor_of_scope, note_activity_of_scope, sessions_still_valid
from identity.actions import (
    create_membership,
    end_other_sessions,
    expire,
    reset_second_factor,
    revoke_device,
    set_password,
)
from identity.middleware import ActorMiddleware
from identity.models import Attempts, Membership, Person
from identity.session_store import SessionStore
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from tests.cast import sign_in

MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def is_signed_in(member) -> bool:
    return bool(member.api.get("/api/v1/me").status_code == 200)


def state_of(member) -> sessions.FullSession:
    state = sessions.full(member.session())
    assert state
    return state


def still_valid(member) -> bool:
    return sessions_still_valid([state_of(member)]) == {member.session_key}


def test_after_half_an_hour_without_a_request_alice_is_signed_out(alice, clock):
    clock.shift(30 * MINUTE + 1)
    assert not is_signed_in(alice)


def test_each_request_moves_that_limit(alice, clock):
    for _ in range(5):
        clock.shift(25 * MINUTE)
        assert is_signed_in(alice)


def test_activity_is_not_written_at_every_request(alice, clock, django_assert_num_queries):
    alice.client.get("/membership/")
    with django_assert_num_queries(3):  # session, membership with all that is checked, the page's own
        alice.client.get("/membership/")
    clock.shift(2 * MINUTE)
    with django_assert_num_queries(4):
        alice.client.get("/membership/")


def test_after_twelve_hours_alice_is_signed_out_whatever_she_did(alice, clock):
    for _ in range(11 * 4 + 3):
        clock.shift(15 * MINUTE)
        assert is_signed_in(alice)
    clock.shift(15 * MINUTE + 1)
    assert not is_signed_in(alice)


def test_the_row_never_outlives_the_absolute_limit(alice, clock):
    clock.shift(12 * HOUR - 10 * MINUTE)
    Session.objects.filter(session_key=alice.session_key).update(expire_date=now() + dt.timedelta(minutes=5))
    assert is_signed_in(alice)
    row = Session.objects.get(session_key=alice.session_key)
    assert row.expire_date == now() + dt.timedelta(minutes=10)


def test_the_cookie_ends_with_the_browser_and_scripts_do_not_see_it(dora):
    answer = dora.give_password()
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "end_it",
    [
        lambda alice: set_password(by=SYSTEM, person_id=alice.person.id, password="another long passphrase"),
        lambda alice: reset_second_factor(by=SYSTEM, person_id=alice.person.id),
        lambda alice: Person.objects.filter(id=alice.person.id).update(is_active=False),
        lambda alice: Membership.objects.filter(id=alice.membership.id).update(valid_until=now()),
        lambda alice: Session.objects.all().delete(),
    ],
    ids=["password", "second factor", "inactive", "membership ended", "signed out elsewhere"],
)
def test_what_ends_a_session_ends_it_at_the_next_request_and_socket_check(alice, clock, end_it):
    clock.shift(1)
    assert is_signed_in(alice)
    state = state_of(alice)
    assert sessions_still_valid([state]) == {alice.session_key}
    end_it(alice)
    assert sessions_still_valid([state]) == set()
    assert not is_signed_in(alice)


def test_the_row_of_an_ended_session_is_deleted(alice):
    set_password(by=SYSTEM, person_id=alice.person.id, password="another long passphrase")
    alice.api.get("/api/v1/me")
    assert not Session.objects.exists()


def test_ending_all_others_spares_a_session_that_another_request_has_read_before(alice):
    request = RequestFactory().get("/")
    request.session = SessionStore(alice.session_key)
    assert sessions.full(request.session)
    others_ended = end_other_sessions(by=alice.actor, session=SessionStore(alice.session_key))
    ActorMiddleware(lambda _: HttpResponse())(request)
    assert others_ended == 0
    assert request.signed_in is not None
    assert is_signed_in(alice)


def test_a_revoked_device_leaves_the_session_at_once_and_ends_its_sockets(alice, device_of):
    device = device_of(alice)
    assert alice.api.get("/api/v1/me").json()["device_id"] == str(device.id)
    assert still_valid(alice)
    revoke_device(by=alice.actor, device_id=device.id)
    assert alice.api.get("/api/v1/me").json()["device_id"] is None
    assert not still_valid(alice)


def test_an_expired_device_does_the_same(alice, device_of, clock):
    device_of(alice)
    clock.shift(61 * 24 * HOUR)
    again = sign_in(alice.membership)
    session = again.session()
    sessions.attach(session, device_id=alice.device.id)
    session.save()
    assert again.api.get("/api/v1/me").json()["device_id"] is None


def test_the_device_of_somebody_else_in_a_session_counts_for_nothing(alice, bob, device_of):
    device = device_of(bob)
    session = alice.session()
    sessions.attach(session, device_id=device.id)
    session.save()
    assert alice.api.get("/api/v1/me").json()["device_id"] is None


def test_many_sockets_are_checked_in_four_queries(alice, bob, anton, device_of, django_assert_num_queries):
    for member in (alice, bob):
        device_of(member)
    states = [state_of(member) for member in (alice, bob, anton)]
    with django_assert_num_queries(4):
        assert len(sessions_still_valid(states)) == 3
    revoke_device(by=bob.actor, device_id=bob.device.id)
    assert sessions_still_valid(states) == {alice.session_key, anton.session_key}
    swapped = replace(states[0], device_id=states[1].device_id)
    assert sessions_still_valid([swapped]) == set()


def scope(cookie: str) -> dict[str, Any]:
    return {"type": "websocket", "headers": [(b"cookie", f"a=b; {cookie}; c=d".encode())]}


@pytest.mark.django_db(transaction=True)
async def test_a_socket_knows_who_acts_by_the_cookie_alone(alice):
    asked = scope(f"{settings.SESSION_COOKIE_NAME}={alice.session_key}")
    actor = await actor_of_scope(asked)
    assert actor == alice.actor
    assert asked["medicus.session"].session_key == alice.session_key


@pytest.mark.django_db(transaction=True)
async def test_a_socket_of_a_stranger_or_of_a_half_session_has_no_actor(dora):
    assert await actor_of_scope({"type": "http", "headers": []}) is None
    assert await actor_of_scope(scope(f"{settings.SESSION_COOKIE_NAME}={'x' * 32}")) is None
    await database_sync_to_async(dora.give_password)()
    assert await actor_of_scope(scope(f"{settings.SESSION_COOKIE_NAME}={dora.session_key()}")) is None
    await database_sync_to_async(dora.give_code)()
    assert await actor_of_scope(scope(f"{settings.SESSION_COOKIE_NAME}={dora.session_key()}"))


@pytest.mark.django_db(transaction=True)
async def test_a_socket_s_activity_moves_the_idle_limit(alice, clock):
    asked = scope(f"{settings.SESSION_COOKIE_NAME}={alice.session_key}")
    for _ in range(3):
        clock.shift(20 * MINUTE)
        assert await actor_of_scope(asked)


@pytest.mark.django_db(transaction=True)
async def test_what_alice_does_over_an_open_socket_does_so_too(alice, clock):
    asked = scope(f"{settings.SESSION_COOKIE_NAME}={alice.session_key}")
    await actor_of_scope(asked)
    for _ in range(6):
        clock.shift(15 * MINUTE)
        await note_activity_of_scope(asked)
    assert await database_sync_to_async(is_signed_in)(alice)
    clock.shift(30 * MINUTE + 1)
    await note_activity_of_scope(asked)
    assert not await database_sync_to_async(is_signed_in)(alice)


def test_alice_works_at_two_hospitals_and_acts_for_one(alice, hospital_b):
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    assert alice.api.get("/api/v1/me").json()["organisation"]["name"] == "Hospital A"
    page = alice.client.get("/membership/").content.decode()
    assert "Hospital B" in page
    answer = alice.client.post("/membership/", {"membership": str(other.id), "next": "/directory/"})
    assert answer["Location"] == "/directory/"
    assert alice.client.get("/api/v1/me").json()["organisation"]["name"] == "Hospital B"


def test_the_switch_changes_the_session_s_key_and_lets_go_of_the_device(alice, hospital_b, device_of):
    device_of(alice)
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    alice.client.post("/membership/", {"membership": str(other.id)})
    assert alice.client.cookies[settings.SESSION_COOKIE_NAME].value != alice.session_key
    assert alice.client.get("/api/v1/me").json()["device_id"] is None
    assert not is_signed_in(alice)  # her other tab, under the old key


def test_the_menu_offers_another_hospital_only_to_who_has_one(alice, hospital_b):
    offer = "Act for another hospital"
    assert offer not in alice.client.get("/directory/").content.decode()
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    assert offer in alice.client.get("/directory/").content.decode()
    Membership.objects.filter(id=other.id).update(valid_from=now() + timedelta(days=1))
    assert offer not in alice.client.get("/directory/").content.decode()


def test_nobody_acts_in_a_membership_that_is_not_theirs(alice, bob):
    for membership in (str(bob.membership.id), str(uuid.uuid4()), "", "nonsense"):
        answer = alice.client.post("/membership/", {"membership": membership})
        assert answer.status_code == 404
    assert is_signed_in(alice)


def test_what_has_ended_is_cleared_and_what_holds_stays(alice, bob, dora, clock):
    dora.give_password("wrong")
    clock.shift(25 * MINUTE)
    is_signed_in(bob)
    clock.shift(10 * MINUTE)
    expire(by=SYSTEM)
    assert list(Session.objects.values_list("session_key", flat=True)) == [bob.session_key]
    assert Attempts.objects.count() == 1  # the one that counts for an hour


def test_only_the_service_clears(adam):
    with pytest.raises(NotFound):
        expire(by=adam.actor)
