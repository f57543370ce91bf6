"""Every endpoint × every role × the objects of another hospital: refused alike, the database unchanged."""

import re

import pytest

from medicus.lib.actor import Scope
from tests.matrix.doors import DOORS, SAME_VIEW, UNKNOWN, Door
from tests.matrix.knocking import (
    ALLOWED_BUT,
    WRITTEN_BY_REFUSALS,
    check_refusals,
    check_signed_out,
    check_strangers,
    identifier_of,
    knock_by_key,
)
from tests.matrix.making import key_of
from tests.matrix.world import World, snapshot
from tests.repo.test_addresses import DJANGO, raw

pytestmark = pytest.mark.django_db
SERVED = [door for door in DOORS if not door.raw]
"""The others stand in front of Django: `test_raw`."""


def test_every_endpoint_is_declared() -> None:
    declared = {re.sub(r"\?.*", "", door.route) for door in DOORS if not door.raw} | set(SAME_VIEW)
    there = {re.sub(r"<uuid:\w+>", "{object}", route) for route, _ in DJANGO}
    assert there == declared
    raw_routes = {
        re.sub(r"\(\?P<\w+>.*?\)(?=[/$])", "{object}", str(one.pattern)).strip("^$")
        for one in raw("http_urlpatterns")
    }
    assert {route.replace("/?", "") for route in raw_routes} == {door.route for door in DOORS if door.raw}


@pytest.mark.parametrize(
    "door", [one for one in SERVED if one.scope in {"object", "directory"}], ids=lambda door: door.id
)
def test_who_may_not_sees_what_an_unknown_id_gives_and_changes_nothing(world: World, door: Door) -> None:
    check_refusals(world, door)


@pytest.mark.parametrize("door", [one for one in SERVED if one.scope == "own"], ids=lambda door: door.id)
def test_strangers_hear_nothing_of_it_where_everybody_may_ask(world: World, door: Door) -> None:
    check_strangers(world, door)


@pytest.mark.parametrize("door", [one for one in SERVED if one.scope != "open"], ids=lambda door: door.id)
def test_who_is_not_signed_in_changes_nothing(world: World, door: Door) -> None:
    check_signed_out(world, door)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_nobody_declared_changes_nothing(world: World, method: str) -> None:
    alice = world.people["alice"]
    declared = {(door.method, re.sub(r"\?.*", "", door.route)) for door in DOORS if not door.raw}
    before = snapshot()
    for route in {route for _, route in declared}:
        if (method, route) in declared or (method == "GET" and route in SAME_VIEW):
            continue
        door = next(door for door in DOORS if door.route.startswith(route) and not door.raw)
        path = "/" + route.replace("{object}", identifier_of(world, door) if door.object else "")
        answer = alice.client.generic(method, path)
        assert answer.status_code in {302, 401, 404, 405}, (method, path, answer.status_code)
        assert snapshot() == before, (method, path)


def test_a_key_opens_no_door_that_does_not_name_its_scope(world: World) -> None:
    tokens = {scope: key_of(world.people["alice"].organisation, scope).token for scope in Scope}
    everything = key_of(world.people["alice"].organisation, *Scope).token
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
    foreign = key_of(world.people["charlie"].organisation, door.key).token
    before = snapshot(but=WRITTEN_BY_REFUSALS)
    identifier = identifier_of(world, door) if door.object else ""
    answer = knock_by_key(foreign, door, identifier)
    if door.scope == "object":
        assert answer == knock_by_key(foreign, door, str(UNKNOWN))
        assert answer[0] == 404
    told = [what for what, secret in world.secrets.items() if secret.encode() in answer[1]]
    assert not told, f"it hears of: {told}"
    assert snapshot(but=WRITTEN_BY_REFUSALS) == before
    # the permission beside the refusals: the key of the hospital itself
    own = key_of(world.people["alice"].organisation, door.key).token
    status, _ = knock_by_key(own, door, identifier)
    assert status < 400 or status in ALLOWED_BUT or door.route.endswith("v2/.search"), status
