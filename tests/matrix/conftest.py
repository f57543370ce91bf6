"""One world for a file of tests: each test changes it in a transaction that is rolled back."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.matrix.making import afresh, kept_world
from tests.matrix.world import World


@pytest.fixture(scope="module")
def _kept(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with django_db_blocker.unblock(), kept_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
def world(_kept: World, db: None) -> World:
    return afresh(_kept)
