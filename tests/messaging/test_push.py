"""Calls to browsers that are not open: who is called, when, with what; and where no call ever goes."""

import socket
import time
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.exceptions import InvalidTag
from django.contrib.sessions.models import Session
from django.core.management import call_command

from audit.models import AuditEvent
from identity import vault
from identity.actions import offboard
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.actions import call_absent, push
from messaging.models import Entry, PushSubscription
from messaging.push import keys
from messaging.push.calls import CONTENT, Outcome, is_allowed
from tests.cast import sign_in
from tests.messaging.push_service import Subscriber, running, signed_claims, unpadded
from tests.messaging.rooms import Room

PATH = "/api/v1/push"


@pytest.fixture
def service(settings):
    settings.PUSH_HOSTS = ["127.0.0.1"]
    with running() as service:
        yield service


@pytest.fixture
def bobs(room: Room, bob, service):
    """Bob's browser, which is called."""
    return subscribe(bob, service)


def subscribe(member, service, name="bob"):
    browser = Subscriber(service, name)
    answer = member.api.post(PATH, browser.subscription)
    assert answer.status_code == 204, answer.json()
    earlier(PushSubscription.objects.filter(device=member.device.id), called_at=120)
    return browser


def earlier(rows, **seconds):
    """Let it have happened longer ago."""
    rows.update(**{name: now() - timedelta(seconds=ago) for name, ago in seconds.items()})


def write(room, by, seconds_ago=10):
    room.post(by)
    newest = Entry.objects.filter(group=room.id).order_by("-seq").first()
    earlier(Entry.objects.filter(group=room.id, seq=newest.seq), at=seconds_ago)
    return newest.seq


def calls_made():
    """Do what the jobs do: decide, and make the calls that are due."""
    count = call_absent(by=SYSTEM)
    for device_id in PushSubscription.objects.filter(due_at__lte=now()).values_list("device_id", flat=True):
        push(by=SYSTEM, device_id=device_id)
    return count


def row(member):
    return PushSubscription.objects.get(device=member.device.id)


def test_bob_who_is_away_is_called_once_for_three_messages(room, alice, bobs, service):
    for _ in range(3):
        write(room, alice)
    assert calls_made() == 1
    (call,) = service.calls
    assert bobs.open(call.body) == CONTENT
    assert (call.path, call.headers["Content-Encoding"]) == ("/push/bob?token=of-bob", "aes128gcm")
    assert calls_made() == 0


def test_the_call_is_signed_for_the_push_service(room, alice, bob, bobs, service):
    write(room, alice)
    calls_made()
    claims, key = signed_claims(service.calls[0])
    assert claims["aud"] == service.origin
    assert time.time() < claims["exp"] <= time.time() + 24 * 3600
    assert claims["sub"].startswith("mailto:")
    assert key == bob.api.get(PATH).json()["key"]


def test_a_call_says_nothing_of_whom_it_is_about(room, alice, bob, bobs, service):
    write(room, alice)
    calls_made()
    earlier(PushSubscription.objects.all(), called_at=90)
    write(room, alice, seconds_ago=20)
    calls_made()
    first, second = service.calls
    assert bobs.open(first.body) == bobs.open(second.body) == b"new"
    assert len(first.body) == len(second.body)
    told = repr([first.headers, first.body, second.headers, second.body])
    for secret in (room.id, alice.person.id, bob.person.id, bob.device.id, "Becker"):
        assert str(secret) not in told


def test_no_other_browser_opens_the_call(room, alice, bobs, service):
    write(room, alice)
    calls_made()
    with pytest.raises(InvalidTag):
        Subscriber(service, "other").open(service.calls[0].body)


def test_bob_whose_page_is_open_is_not_called(room, alice, bob, bobs, service):
    seq = write(room, alice)
    bob.api.post(f"{room.path}/receipts", {"delivered": seq, "seen": 0})
    assert calls_made() == 0


def test_bob_is_called_when_nobody_looks_at_his_open_page_for_two_minutes(room, alice, bob, bobs, service):
    earlier(PushSubscription.objects.all(), called_at=600)
    seq = write(room, alice, seconds_ago=121)
    bob.api.post(f"{room.path}/receipts", {"delivered": seq, "seen": 0})
    assert calls_made() == 1


def test_bob_is_not_called_for_what_he_has_seen(room, alice, bob, bobs, service):
    earlier(PushSubscription.objects.all(), called_at=600)
    seq = write(room, alice, seconds_ago=121)
    bob.api.post(f"{room.path}/receipts", {"delivered": seq, "seen": seq})
    assert calls_made() == 0


def test_nobody_is_called_for_their_own_message_or_a_commit(room, alice, bob, anton, bobs, service):
    write(room, bob)
    room.remove(alice, anton)
    earlier(Entry.objects.filter(group=room.id), at=10)
    assert calls_made() == 0


def test_a_message_of_this_moment_may_still_arrive_by_itself(room, alice, bobs, service):
    write(room, alice, seconds_ago=1)
    assert calls_made() == 0


def test_what_is_older_than_an_hour_calls_nobody(room, alice, bobs, service):
    earlier(PushSubscription.objects.all(), called_at=8000)
    write(room, alice, seconds_ago=3700)
    assert calls_made() == 0


def test_a_minute_lies_between_two_calls(room, alice, bobs, service):
    write(room, alice)
    assert calls_made() == 1
    write(room, alice, seconds_ago=6)
    PushSubscription.objects.update(called_at=now() - timedelta(seconds=30))
    assert calls_made() == 0
    PushSubscription.objects.update(called_at=now() - timedelta(seconds=61))
    assert calls_made() == 1


def test_who_was_removed_is_not_called(room, alice, bob, bobs, service):
    room.remove(alice, bob)
    write(room, alice)
    assert calls_made() == 0


def test_alice_who_never_switched_it_on_is_not_called(room, alice, bob, bobs, service):
    write(room, bob)
    assert calls_made() == 0
    assert service.calls == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_gone_is_forgotten(room, alice, bobs, service, status):
    service.status = status
    write(room, alice)
    calls_made()
    assert not PushSubscription.objects.exists()


def test_a_service_that_is_away_is_tried_three_times(room, alice, bob, bobs, service):
    service.status = 503
    write(room, alice)
    for attempt in (1, 2, 3):
        calls_made()
        assert len(service.calls) == attempt
        assert call_absent(by=SYSTEM) == 0, "the next try waits"
        earlier(PushSubscription.objects.filter(due_at__isnull=False), due_at=1)
    assert row(bob).due_at is None
    calls_made()
    assert len(service.calls) == 3


def test_a_service_that_does_not_answer_is_tried_again(room, alice, bob, bobs, service):
    port = int(service.origin.rpartition(":")[2])
    browser = Subscriber(service, "bob")
    browser.endpoint = browser.endpoint.replace(str(port), "1")
    assert bob.api.post(PATH, browser.subscription).status_code == 204
    earlier(PushSubscription.objects.all(), called_at=120)
    write(room, alice)
    call_absent(by=SYSTEM)
    assert push(by=SYSTEM, device_id=bob.device.id) == Outcome.AWAY
    assert row(bob).due_at > now()


def test_what_the_service_refuses_is_not_tried_again(room, alice, bob, bobs, service):
    service.status = 403
    write(room, alice)
    calls_made()
    assert row(bob).due_at is None


def test_a_call_that_a_worker_lost_is_made_by_the_next(room, alice, bob, bobs, service):
    write(room, alice)
    assert call_absent(by=SYSTEM) == 1  # and nobody makes it
    assert call_absent(by=SYSTEM) == 1
    assert push(by=SYSTEM, device_id=bob.device.id) == Outcome.TAKEN
    assert push(by=SYSTEM, device_id=bob.device.id) is None


def test_a_test_call_is_made_at_once(bob, bobs, service):
    assert bob.api.post(f"{PATH}/test").status_code == 202
    push(by=SYSTEM, device_id=bob.device.id)
    assert bobs.open(service.calls[0].body) == CONTENT
    assert bob.api.post(f"{PATH}/test").status_code == 429


def test_who_is_not_called_tests_nothing(room, alice, service):
    assert alice.api.post(f"{PATH}/test").status_code == 409


def test_switching_on_and_off_is_recorded(room, bob, service):
    assert bob.api.get(PATH).json()["subscribed"] is False
    subscribe(bob, service)
    subscribe(bob, service, "again")
    assert bob.api.get(PATH).json()["subscribed"] is True
    for _ in range(2):
        assert bob.api.delete(PATH).status_code == 204
    assert bob.api.get(PATH).json()["subscribed"] is False
    events = AuditEvent.objects.filter(event__startswith="push:").order_by("at")
    assert [one.event for one in events] == ["push:subscribe", "push:unsubscribe"]


def test_a_session_without_a_device_is_not_called(charlie, service):
    answer = charlie.api.post(PATH, Subscriber(service).subscription)
    assert (answer.status_code, answer.json()["code"]) == (409, "device-needed")
    assert charlie.api.delete(PATH).status_code == 409
    told = charlie.api.get(PATH).json()
    assert (told["device"], told["subscribed"]) == (False, False)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "http://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com:8443/fcm/send/x",
        "https://user:secret@fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com.example/",
        "https://notfcm.googleapis.com@10.0.0.1/x",
        "ftp://127.0.0.1/x",
        "https://[::1",
    ],
)
def test_no_call_goes_anywhere_but_to_a_push_service(room, bob, service, endpoint):
    answer = bob.api.post(PATH, Subscriber(service).subscription | {"endpoint": endpoint})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["endpoint"])
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-am3p.notify.windows.com/w/?token=abc%2f",
    ],
)
def test_the_browser_makers_services_are_known(endpoint):
    assert is_allowed(endpoint)


def test_a_known_name_that_leads_into_the_own_network_is_not_called(room, alice, bob, service, monkeypatch):
    browser = Subscriber(service)
    browser.endpoint = "https://updates.push.services.mozilla.com/wpush/v2/abc"
    assert bob.api.post(PATH, browser.subscription).status_code == 204
    earlier(PushSubscription.objects.all(), called_at=120)
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    write(room, alice)
    call_absent(by=SYSTEM)
    assert push(by=SYSTEM, device_id=bob.device.id) == Outcome.AWAY


def test_a_host_that_the_operator_has_taken_back_is_not_called(room, alice, bob, bobs, service, settings):
    write(room, alice)
    call_absent(by=SYSTEM)
    settings.PUSH_HOSTS = []
    assert push(by=SYSTEM, device_id=bob.device.id) == Outcome.REFUSED
    assert service.calls == []


@pytest.mark.parametrize("keys", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "BA=="}])
def test_what_is_no_key_is_refused(room, bob, service, keys):
    assert bob.api.post(PATH, Subscriber(service).subscription | keys).status_code == 400


def test_the_endpoint_is_sealed_in_the_database(bob, bobs):
    kept = row(bob)
    assert b"127.0.0.1" not in bytes(kept.sealed)
    with pytest.raises(vault.SealBrokenError):
        vault.unseal(bytes(kept.sealed), owner=b"another", purpose=vault.PUSH)


def test_signing_out_ends_the_calls(bob, bobs):
    bob.client.post("/sign-out/")
    assert not PushSubscription.objects.exists()


def test_revoking_the_device_ends_the_calls(bob, bobs):
    bob.client.post(f"/account/devices/{bob.device.id}/revoke/")
    assert not PushSubscription.objects.exists()


def test_offboarding_ends_the_calls(room, bob, berta, bobs):
    offboard(by=berta.actor, membership_id=bob.membership.id)
    assert not PushSubscription.objects.exists()


def test_ending_the_session_from_elsewhere_ends_the_calls(bob, bobs):
    other = sign_in(bob.membership)
    other.client.post("/account/sessions/end-others/")
    assert not PushSubscription.objects.exists()


def test_a_session_that_ends_by_itself_leaves_the_calls(room, alice, bob, bobs, service):
    Session.objects.filter(session_key=bob.session_key).delete()
    write(room, alice)
    assert calls_made() == 1


def test_who_signs_in_to_the_same_browser_takes_it_over(room, alice, bob, bobs, service):
    assert alice.api.post(PATH, bobs.subscription).status_code == 204
    assert [one.device_id for one in PushSubscription.objects.all()] == [alice.device.id]


def test_five_devices_of_a_person_are_called_at_most(room, bob, equipped, service):
    for name in "abcd":
        subscribe(bob, service, name)
        equipped(bob)
    subscribe(bob, service, "e")
    assert PushSubscription.objects.count() == 5
    PushSubscription.objects.filter(device=bob.device.id).update(endpoint_digest=b"e")
    subscribe(bob, service, "e2")
    assert PushSubscription.objects.count() == 5


def test_jobs_are_the_services_own(bob, bobs):
    for job in (lambda: call_absent(by=bob.actor), lambda: push(by=bob.actor, device_id=bob.device.id)):
        with pytest.raises(NotFound):
            job()


def test_looking_costs_the_same_for_one_and_for_many(
    room, alice, anton, bobs, service, django_assert_num_queries
):
    subscribe(anton, service, "anton")
    with django_assert_num_queries(5):
        call_absent(by=SYSTEM)


def test_the_key_is_made_by_the_command_and_is_no_readable_file(tmp_path, settings):
    settings.KEYS_DIR = tmp_path
    call_command("make_keys", stdout=StringIO())
    assert (tmp_path / "push.key").stat().st_mode & 0o777 == 0o400


def test_the_key_that_browsers_get_is_a_point():
    assert len(unpadded(keys.public_key())) == 65
