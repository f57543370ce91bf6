"""The operator's commands and the demo data."""

import re
import stat
from io import StringIO
from pathlib import Path

import pyotp
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from identity import demo
from identity.models import Department, Device, IdentityKey, Organisation, Person, TotpSecret
from identity.tasks import expire
from medicus.lib import callbacks
from medicus.lib.keyfiles import load_or_create


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def one_hash(monkeypatch):
    """Twelve argon2 hashes take their time; which one it is does not matter here."""
    from identity.actions import people

    monkeypatch.setattr(people, "make_password", lambda password: f"hash of {password}")


def test_the_demo_has_hospitals_and_operators_who_can_sign_in(db, one_hash):
    told = run("seed_demo")
    made = Organisation.objects.order_by("name")
    assert [(each.name, each.city, bool(each.verified_at)) for each in made] == [
        ("Klinik Weststadt", "Worms", False),
        ("Klinikum Nordstadt", "Mannheim", True),
        ("Medicus", "", False),
        ("Universitätsklinikum Südstadt", "Freiburg", True),
    ]
    assert Person.objects.count() == 16
    assert TotpSecret.objects.filter(confirmed_at__isnull=False).count() == 14
    assert "operator of the platform" in told
    assert "a.brandt@nordstadt.example" in told
    assert demo.PASSWORD in told
    assert "manage.py totp a.brandt@nordstadt.example" in told


def test_seeding_twice_changes_nothing(db, one_hash):
    run("seed_demo")
    assert "nothing was changed" in run("seed_demo")
    assert Person.objects.count() == 16


def test_the_demo_s_password_is_not_the_known_one_in_production(db, one_hash, settings):
    settings.PRODUCTION = True
    told = run("seed_demo")
    assert demo.PASSWORD not in told
    assert re.search(r"password for all: \S{20}", told)


def test_other_apps_add_to_the_demo(db, one_hash):
    heard = []

    def hear(actors) -> None:
        heard.append(actors)

    callbacks.register("demo-data", hear)
    try:
        run("seed_demo")
    finally:
        callbacks._registered["demo-data"].remove(hear)
    (actors,) = heard
    assert len(actors) == 15
    assert (
        actors["a.brandt@nordstadt.example"].organisation_id == Organisation.objects.get(city="Mannheim").id
    )


def test_the_code_of_a_demo_person_is_printed(dora):
    assert run("totp", dora.person.email).strip() == pyotp.TOTP(dora.secret).now()


def test_no_code_is_printed_in_production(dora, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="refused in production"):
        run("totp", dora.person.email)


def test_an_unknown_person_has_no_code(newcomer):
    for email in ("nobody@hospital-a.example", newcomer.person.email):
        with pytest.raises(CommandError, match="not found"):
            run("totp", email)


def test_an_organisation_is_added_verified_and_listed(db):
    told = run("organisation", "add", "Praxis Meyer", "--domain", "meyer.example", "--kind", "practice")
    assert "manage.py organisation verify meyer.example" in told
    assert "no" in run("organisation", "list").splitlines()[-1].split()
    run("organisation", "verify", "meyer.example")
    assert Organisation.objects.get().verified_at
    with pytest.raises(CommandError, match="verified already"):
        run("organisation", "verify", "meyer.example")
    with pytest.raises(CommandError, match="domain: "):
        run("organisation", "add", "Again", "--domain", "meyer.example")
    with pytest.raises(CommandError, match="not found"):
        run("organisation", "verify", "nobody.example")


def test_a_person_is_added_with_a_first_password_and_listed(hospital_a):
    place = ["--organisation", "hospital-a.example"]
    name = ["--given-name", "Nora", "--family-name", "Neu"]
    ward = ["--department", "Ward 3", "--speciality", "cardiology"]
    told = run("person", "add", "nora@hospital-a.example", *place, *name, *ward, "--admin")
    password = told.split()[-1]
    person = Person.objects.get()
    assert person.check_password(password)
    assert Department.objects.get().speciality == "cardiology"
    assert "Nora Neu" in run("person", "list", *place)
    with pytest.raises(CommandError, match="email: "):
        run("person", "add", "nora@hospital-a.example", *place, *name)


def test_an_operator_resets_what_somebody_has_lost(dora, alice, device_of):
    run("person", "reset_second_factor", dora.person.email)
    assert not TotpSecret.objects.exists()
    device_of(alice)
    told = run("person", "reset_identity_key", alice.person.email, "--organisation", "hospital-a.example")
    assert "1 devices are revoked" in told
    assert Device.objects.get().revoked_at
    assert IdentityKey.objects.get().revoked_at


def test_the_keys_are_made_once(db):
    first = run("make_keys")
    assert {"identity.key", "root-ca.key", "root-ca.crt"} <= set(first.split())
    before = {path: path.read_bytes() for path in Path(settings.KEYS_DIR).rglob("*") if path.is_file()}
    run("make_keys")
    assert before == {path: path.read_bytes() for path in before}
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o400}


def test_production_makes_no_key_by_surprise(tmp_path):
    with pytest.raises(FileNotFoundError, match="make_keys"):
        load_or_create(tmp_path / "new.key", lambda: b"key", may_create=False)
    assert load_or_create(tmp_path / "new.key", lambda: b"key", may_create=True) == b"key"
    assert load_or_create(tmp_path / "new.key", lambda: b"other", may_create=True) == b"key"
    assert [path.name for path in tmp_path.iterdir()] == ["new.key"]


def test_the_job_of_expiry_runs(db):
    expire()
