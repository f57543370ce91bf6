"""API keys: made by administrators, shown once, used by systems, and closed to everything they do not name."""

import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import AuditEvent
from identity.actions import create_api_key, revoke_api_key
from identity.models import ApiKey
from medicus.lib.actor import SYSTEM, Actor, Role, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

PAGE, API = "/administration/api-keys/", "/api/v1/administration/api-keys"
PEOPLE, DEPARTMENTS, EVENTS = (
    "/api/v1/administration/people",
    "/api/v1/administration/departments",
    "/api/v1/audit/events",
)
FORM = {"name": "Keycloak", "scopes": ["scim", "people:read"], "days": "90"}


@pytest.fixture
def key_of() -> Callable[..., str]:
    """Make a key of a member's organisation with these scopes; give its text."""

    def make(member, *scopes: Scope, **more) -> str:
        return create_api_key(
            by=SYSTEM, organisation_id=member.organisation.id, name="System", scopes=scopes, **more
        ).token

    return make


def ask(path: str, key: str, method: str = "GET", **extra):
    return Client().generic(method, path, headers={"authorization": f"Bearer {key}"}, **extra)


def refusals(reason: str):
    found = AuditEvent.objects.filter(event="api-key:refuse")
    return [one for one in found if f'"reason":"{reason}"'.encode() in bytes(one.canonical)]


def test_adam_makes_one_and_sees_it_once(adam, hospital_a):
    answer = adam.client.post(PAGE, FORM)
    key = ApiKey.objects.get()
    shown = answer.content.decode()
    token = shown.partition('id="key" type="text" readonly value="')[2].partition('"')[0]
    assert token.startswith("mds_")
    assert len(token) == 4 + 43
    assert "/scim/v2" in shown
    assert (key.organisation_id, key.scopes, key.prefix) == (
        hospital_a.id,
        ["people:read", "scim"],
        token[:10],
    )
    assert key.expires_at - key.created_at == dt.timedelta(days=90)
    listed = adam.client.get(PAGE).content.decode()
    assert token not in listed
    assert key.prefix in listed
    assert token not in "".join(str(row) for row in ApiKey.objects.values_list())
    recorded = AuditEvent.objects.get(event="api-key:create")
    assert recorded.organisation_id == hospital_a.id
    assert token.encode() not in bytes(recorded.canonical)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "x" * 101}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "731"}]
)
def test_a_bad_form_makes_none(adam, wrong):
    assert adam.client.post(PAGE, FORM | wrong).status_code == 400
    assert adam.api.post(API, FORM | {"days": 90} | wrong).status_code == 400
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("days", [0, 731])
def test_none_holds_longer_than_two_years(hospital_a, days):
    with pytest.raises(Invalid) as refused:
        create_api_key(by=SYSTEM, organisation_id=hospital_a.id, name="x", scopes=[Scope.SCIM], days=days)
    assert "days" in refused.value.errors


def test_without_a_word_about_it_one_holds_a_year(adam):
    made = adam.api.post(API, {"name": "Log", "scopes": ["audit:read"]})
    assert made.status_code == 201
    key = ApiKey.objects.get()
    assert key.expires_at - key.created_at == dt.timedelta(days=365)
    assert made.json()["details"]["id"] == str(key.id)
    assert [row["name"] for row in adam.api.get(API).json()["keys"]] == ["Log"]


def test_nobody_else_makes_or_ends_or_sees_one(adam, alice, berta, key_of):
    key_of(adam, Scope.SCIM)
    key = ApiKey.objects.get()
    for other in (alice, berta):
        assert other.client.post(f"{PAGE}{key.id}/revoke/").status_code == 404
        assert other.api.post(f"{API}/{key.id}/revoke").status_code == 404
    assert alice.client.get(PAGE).status_code == alice.client.post(PAGE, FORM).status_code == 404
    assert berta.api.get(API).json() == {"keys": []}
    with pytest.raises(NotFound):
        create_api_key(by=berta.actor, organisation_id=adam.organisation.id, name="x", scopes=[Scope.SCIM])
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_key_makes_and_ends_no_keys(adam, key_of):
    token = key_of(adam, *Scope)
    for method, path in (("GET", API), ("POST", API), ("POST", f"{API}/{ApiKey.objects.get().id}/revoke")):
        assert ask(path, token, method).status_code == 404
    key = ApiKey.objects.get()
    by = Actor(None, key.organisation_id, None, frozenset({Role.SERVICE}), None, key.id, frozenset(Scope))
    with pytest.raises(NotFound):
        create_api_key(by=by, organisation_id=key.organisation_id, name="x", scopes=[Scope.SCIM])
    with pytest.raises(NotFound):
        revoke_api_key(by=by, api_key_id=key.id)


def test_a_key_opens_what_its_scopes_name_and_nothing_else(adam, alice, key_of):
    reads = {PEOPLE: Scope.PEOPLE_READ, DEPARTMENTS: Scope.PEOPLE_READ, EVENTS: Scope.AUDIT_READ}
    for scope in Scope:
        token = key_of(adam, scope)
        for path, needed in reads.items():
            assert ask(path, token).status_code == (200 if scope == needed else 404), (scope, path)
        for method, path in (("POST", PEOPLE), ("POST", DEPARTMENTS), ("GET", "/api/v1/me"), ("GET", "/")):
            assert ask(path, token, method).status_code == 404, (scope, path)
        for page in ("/administration/people/", "/account/", "/enrol/"):
            assert ask(page, token).status_code == 404, (scope, page)
    assert refusals("scope")


def test_a_key_sees_its_own_organisation_alone(adam, alice, bob, berta, key_of):
    people = ask(PEOPLE, key_of(berta, Scope.PEOPLE_READ)).json()["results"]
    assert {person["email"] for person in people} == {bob.person.email, berta.person.email}
    events = ask(EVENTS, key_of(berta, Scope.AUDIT_READ)).json()["events"]
    recorded = AuditEvent.objects.filter(event_id__in=[event["event_id"] for event in events])
    assert {event.organisation_id for event in recorded} == {berta.organisation.id}


def test_the_log_says_which_key_acted(adam, key_of):
    ask(EVENTS, key_of(adam, Scope.AUDIT_READ))
    key = ApiKey.objects.get()
    event = AuditEvent.objects.get(event="audit:read")
    assert f'"api_key":"{key.id}"'.encode() in bytes(event.canonical)
    assert b'"person":null,"roles":["service"]' in bytes(event.canonical)
    assert "API key System" in adam.client.get("/audit/").content.decode()
    rows = adam.api.get(EVENTS).json()["events"]
    read = next(row for row in rows if row["event"] == "audit:read" and row["api_key"])
    assert (read["api_key"], read["actor"]) == ({"id": str(key.id), "name": "System"}, None)
    bundle = adam.api.get(EVENTS, headers={"accept": "application/fhir+json"}).json()
    agents = [agent for entry in bundle["entry"] for agent in entry["resource"]["agent"]]
    by_key = [agent for agent in agents if agent["who"].get("display") == "System"]
    assert [agent["requestor"] for agent in by_key] == [True]


def test_expired_revoked_and_unknown_keys_get_one_answer(adam, key_of):
    expired, revoked = key_of(adam, Scope.PEOPLE_READ, days=1), key_of(adam, Scope.PEOPLE_READ)
    assert ask(PEOPLE, expired).status_code == ask(PEOPLE, revoked).status_code == 200
    key = ApiKey.objects.get(prefix=revoked[:10])
    assert adam.client.post(f"{PAGE}{key.id}/revoke/").status_code == 302
    assert adam.client.post(f"{PAGE}{key.id}/revoke/").status_code == 409
    ApiKey.objects.filter(prefix=expired[:10]).update(
        created_at=now() - dt.timedelta(days=2), expires_at=now() - dt.timedelta(seconds=1)
    )
    answers = [ask(PEOPLE, token) for token in (expired, revoked, "mds_" + "x" * 43, "x", "")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="Medicus"'}
    assert [len(refusals(reason)) for reason in ("expired", "revoked", "unknown")] == [1, 1, 3]
    of_hospital = AuditEvent.objects.filter(event="api-key:refuse", organisation_id=adam.organisation.id)
    assert of_hospital.count() == 2


def test_a_key_ends_on_time(adam, key_of):
    token = key_of(adam, Scope.PEOPLE_READ, days=1)
    ends_at = ApiKey.objects.get().expires_at
    with time_machine.travel(ends_at - dt.timedelta(seconds=1), tick=False):
        assert ask(PEOPLE, token).status_code == 200
    with time_machine.travel(ends_at, tick=False):
        assert ask(PEOPLE, token).status_code == 401


def test_a_key_in_the_address_is_refused_and_recorded(adam, key_of):
    token = key_of(adam, Scope.PEOPLE_READ)
    for path in (f"{PEOPLE}?access_token={token}", f"{PEOPLE}?q={token}"):
        assert Client().get(path).status_code == 400
        assert ask(path, token).status_code == 400
    assert len(refusals("in-address")) == 4
    assert ApiKey.objects.get().last_used_at is None


def test_who_tries_keys_is_stopped_and_the_log_stays_bounded(adam, key_of):
    token = key_of(adam, Scope.PEOPLE_READ)
    answers = [ask(PEOPLE, f"mds_{number:043}").status_code for number in range(105)]
    assert answers == [401] * 100 + [429] * 5
    assert len(refusals("unknown")) == 100
    # the system behind the same address works on
    assert ask(PEOPLE, token).status_code == 200


def test_last_use_is_written_every_few_minutes(adam, key_of):
    token = key_of(adam, Scope.PEOPLE_READ)
    begun = now()
    times = {}
    for minutes in (0, 4, 6):
        with time_machine.travel(begun + dt.timedelta(minutes=minutes), tick=False):
            ask(PEOPLE, token)
            times[minutes] = ApiKey.objects.get().last_used_at
    assert times[0] == times[4] < times[6]


def test_a_request_with_a_key_asks_little_of_the_database(adam, key_of, django_assert_num_queries):
    token = key_of(adam, Scope.PEOPLE_READ)
    ask(DEPARTMENTS, token)
    with django_assert_num_queries(2):  # the key, the departments
        ask(DEPARTMENTS, token)


def test_a_session_beside_a_key_adds_nothing(adam, alice, key_of):
    token = key_of(adam, Scope.PEOPLE_READ)
    header = {"authorization": f"Bearer {token}"}
    assert alice.api.get(PEOPLE).status_code == 404
    assert alice.api.get(PEOPLE, headers=header).status_code == 200
    assert adam.api.get("/api/v1/me", headers=header).status_code == 404
    assert adam.api.get(PEOPLE, headers={"authorization": "Bearer wrong"}).status_code == 401


def test_the_operator_makes_lists_and_ends_one(hospital_a):
    out = StringIO()
    call_command("api_key", "add", hospital_a.domain, "Keycloak", "scim", "--days", "30", stdout=out)
    token = out.getvalue().strip()
    key = ApiKey.objects.get()
    assert token.startswith(key.prefix)
    call_command("api_key", "list", hospital_a.domain, stdout=out)
    assert "Keycloak" in out.getvalue()
    call_command("api_key", "revoke", str(key.id), stdout=out)
    key.refresh_from_db()
    assert key.revoked_at
    with pytest.raises(CommandError, match="revoked before"):
        call_command("api_key", "revoke", str(key.id))
    with pytest.raises(CommandError):
        call_command("api_key", "add", hospital_a.domain, "Keycloak", "scim", "--days", "9999")
