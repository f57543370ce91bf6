"""The matrix for the routes in front of Django. They run in threads and see what is committed: a world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.matrix.doors import DOORS, Door
from tests.matrix.knocking import check_refusals, check_signed_out, check_strangers
from tests.matrix.making import kept_world
from tests.matrix.world import World

pytestmark = pytest.mark.django_db(transaction=True)
RAW = [door for door in DOORS if door.raw]


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with kept_world(tmp_path) as made:
        yield made


@pytest.mark.parametrize("door", [one for one in RAW if one.scope == "object"], ids=lambda door: door.id)
def test_who_may_not_sees_what_an_unknown_id_gives_and_changes_nothing(world: World, door: Door) -> None:
    check_refusals(world, door)


@pytest.mark.parametrize("door", [one for one in RAW if one.scope == "own"], ids=lambda door: door.id)
def test_strangers_hear_nothing_of_it_where_everybody_may_ask(world: World, door: Door) -> None:
    check_strangers(world, door)


@pytest.mark.parametrize("door", [one for one in RAW if one.scope != "open"], ids=lambda door: door.id)
def test_who_is_not_signed_in_changes_nothing(world: World, door: Door) -> None:
    check_signed_out(world, door)
