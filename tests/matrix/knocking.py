"""Knocking at the doors of the matrix, and what must hold whoever knocks."""

import json
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.test import Client

from identity import access
from identity.access import own_passkeys
from identity.models import SignIn
from tests.cast import Member
from tests.matrix.doors import CAST, UNKNOWN, Door
from tests.matrix.making import MIB
from tests.matrix.world import World, snapshot
from tests.storage.asgi import Reply, Visitor

WRITTEN_BY_REFUSALS = frozenset(
    {"audit.AuditEvent", "audit.AuditPerson", "audit.Unsequenced", "identity.ApiKey"}
)
"""What a refused request of a system leaves: its event in the log, and when keys were used."""
STRANGERS = ("charlie", "cora", "paula")
ALLOWED_BUT = {400, 409, 412}
"""What the matrix asks may be incomplete (no signature, an old epoch): that answer, too, is only for who may."""


def check_refusals(world: World, door: Door) -> None:
    """Who may not sees what an unknown id gives, and changes nothing; who may, may."""
    identifier = identifier_of(world, door)
    body = door.body(world, UUID(identifier)) if door.body else None
    about_unknown = door.body(world, UNKNOWN) if door.body else None
    refused = CAST - door.opens_to
    unknown = {name: knock(world, name, door, str(UNKNOWN), about_unknown) for name in refused}
    before = snapshot()
    answers = {name: knock(world, name, door, identifier, body) for name in refused}
    assert snapshot() == before, "somebody has changed something"
    for name, answer in answers.items():
        assert 400 <= answer[0] < 500, f"{name} may: {answer[:2]}"
        assert answer == unknown[name], f"{name} can tell a foreign object from an unknown one"
    if not door.opens_to:
        return  # systems alone: below
    # the permission beside the refusals: the same request, by one who may
    status, _ = knock(world, min(door.opens_to), door, identifier, body)
    assert status < 400 or status in ALLOWED_BUT, status


def check_strangers(world: World, door: Door) -> None:
    """Strangers hear nothing of the world where everybody may ask."""
    for name in STRANGERS:
        status, body = knock(world, name, door, "", door.body(world, UNKNOWN) if door.body else None)
        assert (status < 400 or status in ALLOWED_BUT) == (name in door.opens_to), (name, status)
        told = [what for what, secret in world.secrets.items() if secret.encode() in body]
        assert not told, f"{name} hears of: {told}"


def check_signed_out(world: World, door: Door) -> None:
    """Who is not signed in changes nothing."""
    before = snapshot()
    path = "/" + door.route.replace("{object}", identifier_of(world, door) if door.object else "")
    if door.raw:
        answer = Visitor(cookies={}).ask(door.method, path)
        assert answer.status in {401, 403}
    else:
        reply = Client().generic(door.method, path)
        assert reply.status_code == (401 if path.startswith(("/api/", "/scim/")) else 302)
    assert snapshot() == before


def knock_by_key(token: str, door: Door, identifier: str, number: int = 0) -> tuple[int, bytes]:
    """Ask as a system; each from a network address of its own, so that no limit stops the test."""
    path = "/" + door.route.replace("{object}", identifier)
    answer = Client(headers={"authorization": f"Bearer {token}"}).generic(
        door.method,
        path,
        "" if door.method == "GET" else "{}",
        "application/json",
        REMOTE_ADDR=f"198.18.{number // 256}.{number % 256}",
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
        "endpoint": lambda: world.endpoint,
        "blocked": lambda: world.blocked,
        "Organization": lambda: alice.organisation.id,
        "HealthcareService": lambda: alice.membership.department_id,
        "PractitionerRole": lambda: alice.membership.id,
        "Practitioner": lambda: alice.person.id,
        "Endpoint": lambda: world.endpoint,
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
