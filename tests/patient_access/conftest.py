"""A record of Hospital A, and Erika, who signs in for it."""

from pathlib import Path
from typing import Any

import pytest

from storage.access import PatientCard
from tests.cast import Member
from tests.patients import connected
from tests.storage.folders import folder_of


@pytest.fixture(autouse=True)
def _keys(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def record(alice: Member) -> PatientCard:
    return folder_of(alice)


@pytest.fixture
def erika(alice: Member, record: PatientCard) -> Member:
    return connected(alice, record)
