"""Every endpoint × every role × the objects of another hospital: refused alike, the database unchanged."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from channels.routing import URLRouter
from django.test import Client

from audit import actions as audit
from audit.models import AuditEvent
from identity import access
from identity.access import own_passkeys
from identity.actions import MadeKey, check_people, create_api_key, offboard
from identity.models import Organisation, Passkey, SignIn
from identity.states import Function, SignInNotice, Way
from medicus.lib.actor import SYSTEM, Scope
from medicus.lib.clock import now
from messaging.live.service import service
from rota import actions as rota
from tests.cast import Member
from tests.conftest import member
from tests.identity.devices import Newcomer
from tests.matrix.doors import DOORS, EVERYBODY, SAME_VIEW, UNKNOWN, Door
from tests.matrix.world import World, snapshot
from tests.messaging.rooms import leave_packages, make_room
from tests.repo.test_addresses import DJANGO, raw
from tests.services import free_port
from tests.storage.asgi import Reply, Visitor
from tests.storage.folders import clean, folder_of, read_once, share

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 1024 * 1024
WRITTEN_BY_REFUSALS = frozenset(
    {"audit.AuditEvent", "audit.AuditPerson", "audit.Unsequenced", "identity.ApiKey"}
)
"""What a refused request of a system leaves: its event in the log, and when keys were used."""
STRANGERS = ("charlie", "cora")
ALLOWED_BUT = {400, 409, 412}
"""What the matrix asks may be incomplete (no signature, an old epoch): that answer, too, is only for who may."""


@pytest.fixture
def world(
    alice: Member, anton: Member, adam: Member, bob: Member, berta: Member, charlie: Member,
    hospital_c: Any, sandbox: Any, olga: Member, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
) -> World:  # fmt: skip
    settings.VAR_DIR = tmp_path
    settings.DNS_RESOLVERS = [f"127.0.0.1:{free_port()}"]
    monkeypatch.setattr("storage.dicom.limited.read", read_once)
    monkeypatch.setattr("tests.storage.asgi.application", raw_routes)
    cora = member(hospital_c, "Cora", "Cramer", Function.IT, is_admin=True)
    people = {
        "alice": alice,
        "anton": anton,
        "adam": adam,
        "bob": bob,
        "berta": berta,
        "charlie": charlie,
        "cora": cora,
        "olga": olga,
    }
    for person in people.values():
        person.add_device()
    Passkey.objects.create(
        person=alice.person,
        credential_id=b"id",
        public_key=b"key",
        sign_count=0,
        name="Key",
        created_at=now(),
    )
    SignIn.objects.create(
        person=alice.person, at=now(), way=Way.TOTP, succeeded=True, notice=SignInNotice.NEW_BROWSER
    )
    leave_packages(charlie)
    room = make_room(alice, bob)
    patient = folder_of(alice)
    finding = clean(alice, patient)
    browser = Visitor.of(alice)
    upload = browser.begin(3 * MIB, kind="finding", patient=patient.patient_id).headers["location"]
    whole = browser.begin(5, kind="attachment", group=room.id).headers["location"]
    assert browser.patch(whole, 0, b"hello").status == 204
    return World(
        people=people, patient=patient, finding=finding, share=share(alice, finding.finding_id, bob), room=room,
        welcome_id=bob.api.get("/api/v1/welcomes").json()["welcomes"][0]["id"],
        upload=upload.rpartition("/")[2], attachment=whole.rpartition("/")[2],
        people_import=people_import(adam), event=_sealed_event_of(alice), application=str(sandbox.id),
        offboarding=_offboarding(adam), api_key=str(_key_of(adam.organisation, Scope.SCIM).key.id),
        join=str(Newcomer(alice).ask().json()["id"]), rota=rota_of(adam, alice),
    )  # fmt: skip


def people_import(adam: Member) -> str:
    """A list that Adam has had checked."""
    content = b"email;given_name;family_name;function\nn@hospital-a.example;N;N;nurse"
    waiting = check_people(by=adam.actor, content=content).waiting
    assert waiting
    return str(waiting.id)


def _offboarding(adam: Member) -> str:
    """Somebody of Hospital A who has left."""
    lena = member(adam.organisation, "Lena", "Lang")
    return str(offboard(by=adam.actor, membership_id=lena.membership.id).id)


def _key_of(organisation: Organisation, *scopes: Scope) -> MadeKey:
    return create_api_key(by=SYSTEM, organisation_id=organisation.id, name="System", scopes=scopes)


def rota_of(adam: Member, alice: Member) -> dict[str, str]:
    """A role that Alice fills, one shift of hers, one that was deleted, and a calendar that was read."""
    words = rota.RoleWords(name="Secret role", fillers=[alice.membership.id])
    role = rota.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
    shifts = [
        rota.plan_shift(
            by=adam.actor,
            role_id=role.id,
            membership_id=alice.membership.id,
            starts_at=now() + timedelta(days=days),
            ends_at=now() + timedelta(days=days, hours=8),
        )[0]
        for days in (1, 2)
    ]
    rota.remove_shift(by=adam.actor, shift_id=shifts[1].id)
    content = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    read = rota.check_calendar(by=adam.actor, role_id=role.id, content=content)
    return {
        "role": str(role.id),
        "role's name": "Secret role",
        "shift": str(shifts[0].id),
        "removed-shift": str(shifts[1].id),
        "rota-import": str(read.id),
    }


def _sealed_event_of(alice: Member) -> str:
    audit.seal(by=SYSTEM)
    return str(AuditEvent.objects.filter(organisation_id=alice.organisation.id).latest("event_id").event_id)


async def raw_routes(scope: Any, receive: Any, send: Any) -> None:
    """The routes in front of Django; what messaging opened for this event loop ends with the request."""
    try:
        await URLRouter(raw("http_urlpatterns"))(scope, receive, send)
    finally:
        await service().close()


def test_every_endpoint_is_declared() -> None:
    declared = {re.sub(r"\?.*", "", door.route) for door in DOORS if not door.raw} | set(SAME_VIEW)
    there = {re.sub(r"<uuid:\w+>", "{object}", route) for route, _ in DJANGO}
    assert there == declared
    raw_routes = {
        re.sub(r"\(\?P<\w+>.*?\)(?=[/$])", "{object}", str(one.pattern)).strip("^$")
        for one in raw("http_urlpatterns")
    }
    assert {route.replace("/?", "") for route in raw_routes} == {door.route for door in DOORS if door.raw}


@pytest.mark.parametrize("door", [one for one in DOORS if one.scope == "object"], ids=lambda door: door.id)
def test_who_may_not_sees_what_an_unknown_id_gives_and_changes_nothing(world: World, door: Door) -> None:
    identifier = identifier_of(world, door)
    body = door.body(world, UUID(identifier)) if door.body else None
    about_unknown = door.body(world, UNKNOWN) if door.body else None
    for name in EVERYBODY - door.opens_to:
        unknown = knock(world, name, door, str(UNKNOWN), about_unknown)
        before = snapshot()
        answer = knock(world, name, door, identifier, body)
        assert snapshot() == before, f"{name} has changed something"
        assert 400 <= answer[0] < 500, f"{name} may: {answer[:2]}"
        assert answer == unknown, f"{name} can tell a foreign object from an unknown one"
    if not door.opens_to:
        return  # systems alone: below
    # the permission beside the refusals: the same request, by one who may
    status, _ = knock(world, min(door.opens_to), door, identifier, body)
    assert status < 400 or status in ALLOWED_BUT, status


@pytest.mark.parametrize("door", [one for one in DOORS if one.scope == "own"], ids=lambda door: door.id)
def test_strangers_hear_nothing_of_it_where_everybody_may_ask(world: World, door: Door) -> None:
    for name in STRANGERS:
        status, body = knock(world, name, door, "", door.body(world, UNKNOWN) if door.body else None)
        assert (status < 400 or status in ALLOWED_BUT) == (name in door.opens_to), (name, status)
        told = [what for what, secret in world.secrets.items() if secret.encode() in body]
        assert not told, f"{name} hears of: {told}"


@pytest.mark.parametrize("door", [one for one in DOORS if one.scope != "open"], ids=lambda door: door.id)
def test_who_is_not_signed_in_changes_nothing(world: World, door: Door) -> None:
    before = snapshot()
    path = "/" + door.route.replace("{object}", identifier_of(world, door) if door.object else "")
    if door.raw:
        answer = Visitor(cookies={}).ask(door.method, path)
        assert answer.status in {401, 403}
    else:
        reply = Client().generic(door.method, path)
        assert reply.status_code == (401 if path.startswith(("/api/", "/scim/")) else 302)
    assert snapshot() == before


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_nobody_declared_changes_nothing(world: World, method: str) -> None:
    alice = world.people["alice"]
    declared = {(door.method, re.sub(r"\?.*", "", door.route)) for door in DOORS if not door.raw}
    for route in {route for _, route in declared}:
        if (method, route) in declared or (method == "GET" and route in SAME_VIEW):
            continue
        door = next(door for door in DOORS if door.route.startswith(route) and not door.raw)
        path = "/" + route.replace("{object}", identifier_of(world, door) if door.object else "")
        before = snapshot()
        answer = alice.client.generic(method, path)
        assert answer.status_code in {302, 401, 404, 405}, (method, path, answer.status_code)
        assert snapshot() == before, (method, path)


def test_a_key_opens_no_door_that_does_not_name_its_scope(world: World) -> None:
    tokens = {scope: _key_of(world.people["alice"].organisation, scope).token for scope in Scope}
    everything = _key_of(world.people["alice"].organisation, *Scope).token
    before = snapshot(but=WRITTEN_BY_REFUSALS)
    for number, door in enumerate(one for one in DOORS if one.scope != "open" and not one.raw):
        wrong = [token for scope, token in tokens.items() if scope != door.key]
        for token in wrong if door.key else [everything]:
            status, _ = knock_by_key(token, door, identifier_of(world, door) if door.object else "", number)
            assert status == 404, (door.id, status)
    assert snapshot(but=WRITTEN_BY_REFUSALS) == before


@pytest.mark.parametrize("door", [one for one in DOORS if one.key], ids=lambda door: door.id)
def test_a_key_of_another_hospital_sees_what_an_unknown_id_gives(world: World, door: Door) -> None:
    assert door.key
    foreign = _key_of(world.people["charlie"].organisation, door.key).token
    before = snapshot(but=WRITTEN_BY_REFUSALS)
    identifier = identifier_of(world, door) if door.object else ""
    answer = knock_by_key(foreign, door, identifier)
    if door.object:
        assert answer == knock_by_key(foreign, door, str(UNKNOWN))
        assert answer[0] == 404
    told = [what for what, secret in world.secrets.items() if secret.encode() in answer[1]]
    assert not told, f"it hears of: {told}"
    assert snapshot(but=WRITTEN_BY_REFUSALS) == before
    # the permission beside the refusals: the key of the hospital itself
    own = _key_of(world.people["alice"].organisation, door.key).token
    status, _ = knock_by_key(own, door, identifier)
    assert status < 400 or status in ALLOWED_BUT or door.route.endswith("v2/.search"), status


def knock_by_key(token: str, door: Door, identifier: str, number: int = 0) -> tuple[int, bytes]:
    """Ask as a system; each from a network address of its own, so that no limit stops the test."""
    path = "/" + door.route.replace("{object}", identifier)
    answer = Client(headers={"authorization": f"Bearer {token}"}).generic(
        door.method,
        path,
        "" if door.method == "GET" else "{}",
        "application/json",
        REMOTE_ADDR=f"198.51.100.{number}",
    )
    return _comparable(Reply(answer.status_code, body=answer.content), identifier)


def identifier_of(world: World, door: Door) -> str:
    alice = world.people["alice"]
    found = {
        "device": lambda: alice.device.id,  # type: ignore[union-attr]  # everybody has one
        "passkey": lambda: own_passkeys(by=alice.actor)[0].id,
        "notice": lambda: SignIn.objects.exclude(notice="").get().id,
        "session": lambda: access.account(by=alice.actor, session_key=None).sessions[0].id,
        "membership": lambda: world.people["bob"].membership.id,
        "colleague": lambda: alice.membership.id,
        "department": lambda: alice.membership.department_id,
    }
    return str(found[door.object]()) if door.object in found else world.secrets[door.object]


def knock(
    world: World, name: str, door: Door, identifier: str, body: dict[str, Any] | None
) -> tuple[int, bytes]:
    """Ask as `name`; the answer without what is different each time: tokens, the id that was asked for."""
    path = "/" + door.route.replace("{object}", identifier)
    person = world.people[name]
    if door.raw:
        return _comparable(_raw(person, door, path, body), identifier)
    content = json.dumps(body or {}) if door.method != "GET" else ""
    if path.startswith(("/api/", "/scim/")):
        answer = person.api.generic(door.method, path, content, "application/json")
    else:
        answer = person.client.generic(
            door.method, path, urlencode(body or {}), "application/x-www-form-urlencoded"
        )
    content_of = b"" if answer.streaming else answer.content
    return _comparable(Reply(answer.status_code, body=content_of), identifier)


def _raw(person: Member, door: Door, path: str, body: dict[str, Any] | None) -> Reply:
    browser = Visitor.of(person)
    if body is not None:
        return browser.ask(door.method, path, [json.dumps(body).encode()], content_type="application/json")
    extra = {"upload_offset": 0} if door.method == "PATCH" else {}
    return browser.tus(door.method, path, [bytes(MIB)] if door.method == "PATCH" else [], **extra)


def _comparable(answer: Reply, identifier: str) -> tuple[int, bytes]:
    body = answer.body.replace(identifier.encode() or b"\0none", b"<id>")
    body = re.sub(rb'(value|content)="[A-Za-z0-9]{64}"', b"<token>", body)
    return answer.status, re.sub(rb"\d\d:\d\d:\d\d", b"<time>", body)
