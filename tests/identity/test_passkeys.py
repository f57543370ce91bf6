"""Passkeys: added, used alone and after a password, removed; and every forged answer refused."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from identity.actions import expire, reset_second_factor
from identity.models import Membership, Passkey, PasskeyChallenge, Person, SignIn, TotpSecret
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.identity.authenticator import Authenticator, b64url
from tests.identity.conftest import fresh_browser

ADD, ALONE, SECOND_FACTOR = "/account/passkeys/add/", "/sign-in/passkey/", "/sign-in/second-factor/"
ASSERTION, REGISTRATION = "/api/v1/passkeys/assertion-options", "/api/v1/passkeys/registration-options"
FORGED = {
    "another origin": {"origin": "https://hospital-a.example"},
    "another port": {"origin": "http://localhost:8001"},
    "another relying party": {"rp_id": "hospital-a.example"},
    "no user verification": {"unverified": True},
    "nobody present": {"absent": True},
    "an invented challenge": {"challenge": b64url(bytes(32))},
    "the other ceremony": {"kind": "webauthn.forged"},
}


@pytest.fixture(autouse=True)
def one_instant():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def options(client, path=ASSERTION):
    answer = client.post(path)
    assert answer.status_code == 200, answer.content
    return answer.json()["options"]


def add(client, authenticator, name="Telephone", **forged):
    return client.post(
        ADD, {"name": name, "passkey": authenticator.create(options(client, REGISTRATION), **forged)}
    )


def sign_in_alone(client, authenticator, **forged):
    return client.post(ALONE, {"passkey": authenticator.get(options(client), **forged)})


def is_in(client) -> bool:
    return bool(client.get("/api/v1/me").status_code == 200)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("event_id").values_list("event", flat=True))


@pytest.fixture
def key(dora) -> Authenticator:
    """Dora's passkey; she is signed out again, in a fresh browser."""
    dora.give_password()
    dora.give_code()
    authenticator = Authenticator()
    assert add(dora.client, authenticator).status_code == 302
    dora.client = fresh_browser()
    return authenticator


def test_alice_adds_a_passkey_and_sees_it(alice):
    authenticator = Authenticator()
    asked = options(alice.client, REGISTRATION)
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    answer = alice.client.post(
        ADD, {"name": " Key ring ", "passkey": authenticator.create(asked)}, follow=True
    )
    assert "Passkey: Key ring" in answer.content.decode()
    row = Passkey.objects.get(person=alice.person)
    assert bytes(row.credential_id) == authenticator.credential_id
    assert events()[-1] == "passkey:add"


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_creation_adds_nothing(alice, forged):
    answer = add(alice.client, Authenticator(), **forged)
    assert answer.status_code == 400
    assert "could not be checked" in answer.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("answer", ["", "{}", "null", "[" * 19_000, '{"id": 1}', "x" * 20_001])
def test_nonsense_adds_nothing_and_signs_nobody_in(alice, answer):
    assert alice.client.post(ADD, {"name": "Key", "passkey": answer}).status_code == 400
    stranger = fresh_browser()
    assert stranger.post(ALONE, {"passkey": answer})["Location"] == "/sign-in/"
    assert not is_in(stranger)


def test_a_creation_needs_a_name(alice):
    assert add(alice.client, Authenticator(), name=" ").status_code == 400
    assert not Passkey.objects.exists()


def test_a_creation_is_not_repeated_nor_taken_to_another_session(alice, bob):
    authenticator = Authenticator()
    answer = authenticator.create(options(alice.client, REGISTRATION))
    assert bob.client.post(ADD, {"name": "Key", "passkey": answer}).status_code == 400
    assert alice.client.post(ADD, {"name": "Key", "passkey": answer}).status_code == 302
    assert alice.client.post(ADD, {"name": "Key", "passkey": answer}).status_code == 400


def test_a_credential_belongs_to_one_person(alice, bob):
    authenticator = Authenticator()
    assert add(alice.client, authenticator).status_code == 302
    assert add(bob.client, authenticator).status_code == 409
    assert Passkey.objects.get().person == alice.person


def test_there_are_at_most_ten(alice):
    for _ in range(10):
        assert add(alice.client, Authenticator()).status_code == 302
    assert alice.client.post(REGISTRATION).status_code == 409


def test_dora_signs_in_with_her_passkey_alone(dora, key):
    asked = options(dora.client)
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    answer = dora.client.post(ALONE, {"passkey": key.get(asked), "next": "/directory/"})
    assert answer["Location"] == "/directory/"
    assert is_in(dora.client)
    assert SignIn.objects.get(session_key=dora.session_key()).way == "passkey-alone"
    assert Passkey.objects.get().last_used_at == now()
    assert events()[-2:] == ["sign-in:complete", "sign-in:notice"]


def test_dora_uses_it_as_second_factor(dora, key):
    dora.give_password()
    assert "medicus-passkey" in dora.client.get(SECOND_FACTOR).content.decode()
    asked = options(dora.client)
    assert [one["id"] for one in asked["allowCredentials"]] == [b64url(key.credential_id)]
    assert dora.client.post(SECOND_FACTOR, {"passkey": key.get(asked, user_handle=None)}).status_code == 302
    assert is_in(dora.client)
    assert SignIn.objects.get(session_key=dora.session_key()).way == "passkey"


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_assertion_signs_nobody_in(dora, key, forged):
    assert sign_in_alone(dora.client, key, **forged)["Location"] == "/sign-in/"
    assert not is_in(dora.client)
    dora.give_password()
    asked = options(dora.client)
    assert dora.client.post(SECOND_FACTOR, {"passkey": key.get(asked, **forged)}).status_code == 400
    assert not is_in(dora.client)
    assert {"sign-in:refuse", "second-factor:refuse"} <= set(events())
    assert dora.client.post(SECOND_FACTOR, {"passkey": key.get(options(dora.client))}).status_code == 302


def test_a_signature_of_another_key_is_refused(dora, key):
    thief = Authenticator(credential_id=key.credential_id, user_handle=key.user_handle)
    sign_in_alone(dora.client, thief)
    assert not is_in(dora.client)
    assert SignIn.objects.filter(person=dora.person, way="passkey-alone", succeeded=False).count() == 1


def test_an_answer_signs_in_once(dora, key):
    answer = key.get(options(dora.client))
    assert dora.client.post(ALONE, {"passkey": answer})["Location"] == "/"
    dora.client.post("/sign-out/")
    dora.client.post(ALONE, {"passkey": answer})
    assert not is_in(dora.client)


def test_an_answer_works_only_in_the_session_that_asked(dora, key):
    answer = key.get(options(dora.client))
    thief = fresh_browser()
    options(thief)
    thief.post(ALONE, {"passkey": answer})
    assert not is_in(thief)
    dora.client.post(ALONE, {"passkey": answer})
    assert is_in(dora.client)


def test_a_challenge_ends_after_five_minutes(dora, key, one_instant):
    answer = key.get(options(dora.client))
    one_instant.shift(301)
    dora.client.post(ALONE, {"passkey": answer})
    assert not is_in(dora.client)
    expire(by=SYSTEM)
    assert not PasskeyChallenge.objects.exists()


def test_a_challenge_of_one_ceremony_does_not_serve_the_other(alice):
    authenticator = Authenticator()
    asked = options(alice.client, REGISTRATION)
    borrowed = options(alice.client)["challenge"]
    answer = alice.client.post(
        ADD, {"name": "Key", "passkey": authenticator.create(asked, challenge=borrowed)}
    )
    assert answer.status_code == 400


def test_the_passkey_of_somebody_else_is_no_second_factor(dora, key, alice):
    other = Authenticator()
    add(alice.client, other)
    dora.give_password()
    answer = dora.client.post(SECOND_FACTOR, {"passkey": other.get(options(dora.client))})
    assert answer.status_code == 400
    assert not is_in(dora.client)


def test_a_passkey_that_names_another_account_is_refused(dora, key, alice):
    for handle in (alice.person.id.bytes, None):
        sign_in_alone(dora.client, key, user_handle=handle)
        assert not is_in(dora.client)


def test_an_unknown_passkey_and_one_of_an_inactive_person_get_the_same_answer(dora, key):
    stranger = fresh_browser()
    unknown = sign_in_alone(stranger, Authenticator(user_handle=dora.person.id.bytes))
    Person.objects.filter(id=dora.person.id).update(is_active=False)
    inactive = sign_in_alone(dora.client, key)
    assert (unknown.status_code, unknown["Location"]) == (inactive.status_code, inactive["Location"])
    for client in (stranger, dora.client):
        assert "This passkey does not sign in." in client.get("/sign-in/").content.decode()
    assert not is_in(dora.client)
    Person.objects.filter(id=dora.person.id).update(is_active=True)
    Membership.objects.filter(person=dora.person).update(
        valid_from=now() - dt.timedelta(days=2), valid_until=now() - dt.timedelta(days=1)
    )
    sign_in_alone(dora.client, key)
    assert not is_in(dora.client)


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_counter_that_does_not_go_on_is_refused_and_reported(dora, key, count):
    sign_in_alone(dora.client, key, count=5)
    assert is_in(dora.client)
    browser = fresh_browser()
    sign_in_alone(browser, key, count=count)
    assert not is_in(browser)
    assert "passkey:clone-warn" in events()
    sign_in_alone(browser, key, count=6)
    assert is_in(browser)


def test_an_authenticator_without_a_counter_always_says_nought(dora, key):
    for _ in range(2):
        browser = fresh_browser()
        sign_in_alone(browser, key, count=0)
        assert is_in(browser)


def test_wrong_passkeys_count_together_with_wrong_codes(dora, key):
    dora.give_password()
    for _ in range(3):
        dora.client.post(SECOND_FACTOR, {"passkey": key.get(options(dora.client), unverified=True)})
    for _ in range(2):
        dora.give_code("000000")
    answer = dora.client.post(SECOND_FACTOR, {"passkey": key.get(options(dora.client))})
    assert answer.status_code == 429


def test_strangers_with_wrong_passkeys_are_slowed_down(dora, key):
    for _ in range(100):
        dora.client.post(ALONE, {"passkey": "nonsense"})
    sign_in_alone(dora.client, key)
    assert not is_in(dora.client)
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    answer = key.get(dora.client.post(ASSERTION, **elsewhere).json()["options"])
    dora.client.post(ALONE, {"passkey": answer}, **elsewhere)
    assert is_in(dora.client)


def test_a_passkey_is_named_and_removed_by_its_owner_only(dora, key, alice):
    dora.client.post(ALONE, {"passkey": key.get(options(dora.client))})
    passkey = Passkey.objects.get()
    path = f"/account/passkeys/{passkey.id}/"
    assert alice.client.get(path).status_code == 404
    assert alice.client.post(path, {"name": "Mine"}).status_code == 404
    assert alice.client.post(path + "remove/").status_code == 404
    assert dora.client.post(path, {"name": ""}).status_code == 400
    dora.client.post(path, {"name": "Key ring"})
    assert "Key ring" in dora.client.get("/account/").content.decode()
    assert dora.client.post(path + "remove/").status_code == 302
    assert not Passkey.objects.exists()
    assert {"passkey:rename", "passkey:remove"} <= set(events())


def test_the_last_second_factor_is_not_removed(dora, key):
    dora.client.post(ALONE, {"passkey": key.get(options(dora.client))})
    TotpSecret.objects.filter(person=dora.person).delete()
    path = f"/account/passkeys/{Passkey.objects.get().id}/remove/"
    assert dora.client.post(path).status_code == 409
    assert add(dora.client, Authenticator()).status_code == 302
    assert dora.client.post(path).status_code == 302
    assert Passkey.objects.count() == 1


def test_a_stolen_password_enrols_no_app_where_there_is_a_passkey(dora, key):
    TotpSecret.objects.filter(person=dora.person).delete()
    assert dora.give_password()["Location"] == SECOND_FACTOR
    assert dora.client.get("/enrol/").status_code == 409
    assert not TotpSecret.objects.exists()


def test_the_reset_of_the_second_factor_removes_passkeys(dora, key):
    reset_second_factor(by=SYSTEM, person_id=dora.person.id)
    sign_in_alone(dora.client, key)
    assert not is_in(dora.client)
    assert dora.give_password()["Location"] == "/enrol/"


def test_half_a_session_adds_no_passkey(dora):
    dora.give_password()
    assert dora.client.post(REGISTRATION).status_code == 401
    assert dora.client.post(ADD, {"name": "Key"}).status_code == 302
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("broken", [{"sign_count": -1}, {"name": ""}])
def test_the_database_refuses_a_passkey_that_cannot_be(alice, broken):
    row = {
        "person": alice.person,
        "credential_id": b"id",
        "public_key": b"key",
        "sign_count": 0,
        "name": "Key",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Passkey.objects.create(**(row | {"created_at": now()} | broken))


@pytest.mark.django_db(transaction=True)
def test_of_two_that_bring_the_same_answer_at_once_one_gets_in(dora, key):
    browsers = [fresh_browser() for _ in range(4)]
    answer = key.get(options(dora.client))
    for browser in browsers:
        browser.cookies.update(dora.client.cookies)

    def bring(browser):
        try:
            return json.dumps(browser.post(ALONE, {"passkey": answer})["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(bring, browsers))
    assert sorted(answers) == ['"/"', *['"/sign-in/"'] * 3]
