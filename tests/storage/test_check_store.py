"""`manage.py check_store`: an honest store passes, one that lets anybody in does not."""

import io
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from storage.objects import canaries
from storage.objects.canaries import Verdict, examine
from storage.objects.files import FileStore
from storage.objects.probe import Probe
from tests.services import S3Credentials, Service, start_rclone
from tests.storage.conftest import CREDENTIALS, s3_store_at
from tests.storage.evil import evil_server, says

NEEDED = [
    "stores an object", "gives it back unchanged", "gives a range of it", "lists it", "deletes it",
    "stores an object of unknown size in parts",
]  # fmt: skip
OF_SECRETS = ["refuses a wrong secret", "refuses an unknown access key", "refuses who gives no key"]


def verdicts(store) -> dict[str, Verdict]:
    return {finding.property: finding.verdict for finding in examine(store)}


def checked(settings, url: str = "", bucket: str = "medicus") -> str:
    settings.S3_ENDPOINT, settings.S3_BUCKET = url, bucket
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = CREDENTIALS.access_key, CREDENTIALS.secret_key
    out = io.StringIO()
    call_command("check_store", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real S3 server without any key: it believes everybody."""
    server = start_rclone(tmp_path_factory.mktemp("careless"), S3Credentials())
    server.kill()
    server.command = [part for part in server.command if part not in ("--auth-key", server.command[-2])]
    server.start()
    yield server
    server.kill()


def test_files_of_this_machine_pass(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert "This store can be used." in checked(settings)
    found = verdicts(FileStore(tmp_path / "objects"))
    assert {found[name] for name in NEEDED} == {Verdict.YES}
    assert found["is closed to other users of this machine"] is Verdict.YES
    assert list(FileStore(tmp_path / "objects").list()) == []


def test_a_folder_that_is_open_to_others_is_said(tmp_path):
    (tmp_path / "objects").mkdir(mode=0o755)
    assert verdicts(FileStore(tmp_path / "objects"))["is closed to other users of this machine"] is Verdict.NO


def test_a_real_s3_server_passes_and_keeps_no_canary(s3_server):
    store = s3_store_at(s3_server.url)
    found = verdicts(store)
    assert {found[name] for name in NEEDED + OF_SECRETS} == {Verdict.YES}
    assert list(store.list(f"{canaries.CANARIES}/")) == []


def test_the_command_says_each_property_and_makes_the_bucket(settings, s3_server):
    said = checked(settings, s3_server.url, bucket="made-by-the-check")
    for name in NEEDED + OF_SECRETS:
        assert f"  yes      {name}" in said
    assert "refuses to overwrite" in said
    assert said.endswith("This store can be used.\n")


def test_a_store_that_lets_anybody_in_is_refused(settings, careless):
    with pytest.raises(CommandError, match="refuses a wrong secret"):
        checked(settings, careless.url)


def test_each_way_in_is_named(careless):
    store = s3_store_at(careless.url)
    store.make_bucket()
    found = verdicts(store)
    assert {found[name] for name in OF_SECRETS} == {Verdict.REFUSED}
    assert {found[name] for name in NEEDED} == {Verdict.YES}


def test_a_store_that_is_away_is_refused(settings):
    with pytest.raises(CommandError, match="does not answer"):
        checked(settings, "http://127.0.0.1:1")


def test_a_store_that_says_yes_to_everything_is_refused(settings):
    yes = says(200, ETag='"x"', Last_Modified="Sun, 22 Nov 2026 04:15:58 GMT")
    server = evil_server(GET=yes, PUT=yes, HEAD=yes, POST=yes, DELETE=yes)
    with server as url, pytest.raises(CommandError, match="must not be used"):
        checked(settings, url)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, True), ({"S3_BUCKET": "no-such-bucket"}, False), ({"S3_SECRET_KEY": "wrong" * 8}, False)],
    ids=["as configured", "no such bucket", "wrong secret"],
)
def test_the_probe_of_the_health_page_looks_into_the_bucket(settings, s3_server, changes, expected):
    settings.S3_ENDPOINT, settings.S3_BUCKET = s3_server.url, "medicus"
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = CREDENTIALS.access_key, CREDENTIALS.secret_key
    for name, value in changes.items():
        setattr(settings, name, value)
    assert Probe().answers() is expected
