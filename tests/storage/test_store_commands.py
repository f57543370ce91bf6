"""The operator's commands for keys and store."""

import io
from datetime import timedelta

import pytest
from django.conf import settings as real_settings
from django.core.management import CommandError, call_command

from medicus.lib import clock
from medicus.lib.ids import new_id
from storage.keys import provider
from storage.models import OrganisationKey, StoredObject
from storage.objects import orphans, sealed, store
from storage.objects.store import new_key
from storage.states import ObjectKind


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def finding(hospital_a, settings, tmp_path) -> StoredObject:
    settings.VAR_DIR = tmp_path
    settings.KEYS_DIR = tmp_path / "keys"
    return sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])


def restart() -> None:
    """A process reads its root once."""
    provider._local.cache_clear()


def content(finding: StoredObject) -> bytes:
    return b"".join(sealed.read(StoredObject.objects.get(id=finding.id)))


def test_the_root_is_replaced_step_by_step_as_the_help_says(finding, tmp_path):
    keys = tmp_path / "keys"
    (keys / "storage-root.key").rename(keys / "storage-root.previous.key")
    restart()
    run("make_keys")
    assert run("rotate_keys", "root") == "1 organisations' secrets are wrapped by the current root.\n"
    (keys / "storage-root.previous.key").unlink()
    restart()
    assert content(finding) == b"x"


def test_make_keys_makes_the_root(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    assert "storage-root.key" in run("make_keys")
    assert (tmp_path / "keys" / "storage-root.key").stat().st_size == 32
    assert tmp_path / "keys" == real_settings.KEYS_DIR


def test_a_hospital_gets_its_next_secret(finding, hospital_a):
    assert run("rotate_keys", "organisation", hospital_a.domain).startswith("1 objects' keys of Hospital A")
    assert OrganisationKey.objects.filter(organisation=hospital_a).count() == 2
    assert content(finding) == b"x"


def test_an_unknown_hospital_gets_none(hospital_a):
    with pytest.raises(CommandError):
        run("rotate_keys", "organisation", "nowhere.example")


def test_the_store_is_tidied(finding, monkeypatch):
    lost = new_key(new_id())
    store().put_stream(lost, [b"nobody knows it"])
    monkeypatch.setattr(orphans, "now", lambda: clock.now() + timedelta(days=1, minutes=1))
    assert run("tidy_store") == "1 removed.\n"
    assert content(finding) == b"x"
