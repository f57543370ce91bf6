"""Every door to a dangerous act asks for a fresh second factor; a new door must say whether it is one."""

import pytest

from tests.matrix.dangerous import DANGEROUS, HARMLESS, changing, door_of, knock
from tests.matrix.knocking import ALLOWED_BUT, identifier_of
from tests.matrix.world import World, snapshot

pytestmark = pytest.mark.django_db
CODE = "fresh-factor-required"


def test_every_door_that_changes_something_says_whether_it_is_dangerous() -> None:
    assert changing() == set(DANGEROUS) | set(HARMLESS)
    assert not set(DANGEROUS) & set(HARMLESS)


@pytest.mark.parametrize("identifier", list(DANGEROUS))
def test_a_dangerous_act_is_refused_without_a_fresh_factor_and_done_with_one(
    world: World, identifier: str
) -> None:
    person = world.people[DANGEROUS[identifier][0]]
    door = door_of(identifier)
    object_id = identifier_of(world, door) if door.object else ""
    person.grow_stale()
    before = snapshot()
    refused = knock(world, identifier, object_id)
    assert snapshot() == before
    assert refused.status_code == 403
    if identifier.partition(" ")[2].startswith("api/"):
        assert refused.json()["code"] == CODE
        assert refused.json()["confirm"] == "/api/v1/session/confirm"
    else:
        assert b'id="confirm-title"' in refused.content
    person.grow_fresh()
    done = knock(world, identifier, object_id)
    assert done.status_code < 400 or done.status_code in ALLOWED_BUT, done.status_code


@pytest.mark.parametrize("change", ["administration/people/{}/", "api/v1/administration/people/{}"])
def test_who_is_an_administrator_already_may_be_changed_without_a_fresh_factor(
    world: World, change: str
) -> None:
    """The refusal's neighbour: only the making of one is dangerous."""
    adam, anton = world.people["adam"], world.people["anton"]
    adam.grow_stale()
    path = "/" + change.format(anton.membership.id)
    if change.startswith("api"):
        body = {"function": "nurse", "department_id": None, "is_admin": False}
        body |= {"valid_from": "2026-01-01T00:00:00Z", "valid_until": None}
        assert adam.api.put(path, body, content_type="application/json").status_code == 200
    else:
        assert adam.client.post(path, {"function": "nurse", "valid_from": "2026-01-01"}).status_code == 302
