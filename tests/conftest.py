"""The cast: people at three hospitals, signed in with both factors, and their devices."""

from collections.abc import Callable, Iterator

import pytest
from django import conf
from django.db import connections
from django.utils import translation
from django_vite.core.asset_loader import DjangoViteAssetLoader
from hypothesis import HealthCheck, settings

from identity.actions import (
    create_department,
    create_membership,
    create_operator_organisation,
    create_organisation,
    create_person,
    verify_organisation,
)
from identity.models import Device, Organisation
from identity.names import search_words
from identity.states import Function, OrganisationKind, Speciality
from medicus import inprocess
from medicus.lib.actor import SYSTEM
from tests.cast import Member, sign_in

_submit = inprocess.submit
# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Sentences in tests are English: of actions by this, of pages by the cast's language cookie."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _jobs_run_when_the_test_runs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a thread would race for a job with the test that does it, and outlive the test's database."""
    monkeypatch.setattr(inprocess, "submit", lambda *_arguments: None)


@pytest.fixture
def jobs_in_threads(_jobs_run_when_the_test_runs_them: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the one-machine mode."""
    monkeypatch.setattr(inprocess, "submit", _submit)


@pytest.fixture(scope="session", autouse=True)
def _close_connections_of_threads() -> None:
    """Threads close their connection after each piece of work, or the test database could not be dropped."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Emptying all tables after a test may take longer on a busy machine than any statement of the product may."""
    options = connections["default"].settings_dict["OPTIONS"]
    if "options" in options:
        options["options"] = options["options"].replace("statement_timeout=5s", "statement_timeout=60s")


@pytest.fixture(scope="session", autouse=True)
def _without_the_built_front_end() -> None:
    """Pages are rendered as before a build: Python's tests need no npm, and no build may disturb them."""
    for client in DjangoViteAssetLoader.instance()._apps.values():
        client.dev_mode = True


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_found_when_asked_for() -> None:
    """Every test client builds the middleware, which would read each static file's head again: a quarter of the suite."""
    conf.settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def hospital_a(db: None) -> Organisation:
    return make_hospital("Hospital A", "hospital-a.example")


@pytest.fixture
def hospital_b(db: None) -> Organisation:
    return make_hospital("Hospital B", "hospital-b.example")


@pytest.fixture
def hospital_c(db: None) -> Organisation:
    return make_hospital("Hospital C", "hospital-c.example")


@pytest.fixture
def alice(hospital_a: Organisation) -> Member:
    """Cardiologist at Hospital A."""
    return member(hospital_a, "Alice", "Ahrens", Function.PHYSICIAN, Speciality.CARDIOLOGY)


@pytest.fixture
def anton(hospital_a: Organisation) -> Member:
    """Physician at Hospital A, a colleague of Alice."""
    return member(hospital_a, "Anton", "Albrecht", Function.PHYSICIAN, Speciality.INTERNAL_MEDICINE)


@pytest.fixture
def adam(hospital_a: Organisation) -> Member:
    """IT admin of Hospital A, no clinician."""
    return member(hospital_a, "Adam", "Arnold", Function.IT, is_admin=True)


@pytest.fixture
def bob(hospital_b: Organisation) -> Member:
    """Radiologist at Hospital B."""
    return member(hospital_b, "Bob", "Becker", Function.PHYSICIAN, Speciality.RADIOLOGY)


@pytest.fixture
def berta(hospital_b: Organisation) -> Member:
    """IT admin of Hospital B, no clinician."""
    return member(hospital_b, "Berta", "Braun", Function.IT, is_admin=True)


@pytest.fixture
def charlie(hospital_c: Organisation) -> Member:
    """Physician at Hospital C, who has nothing to do with any of it."""
    return member(hospital_c, "Charlie", "Conrad", Function.PHYSICIAN, Speciality.SURGERY)


@pytest.fixture
def sandbox(db: None) -> Organisation:
    """A hospital that is not verified yet."""
    return make_sandbox()


@pytest.fixture
def sara(sandbox: Organisation) -> Member:
    """IT admin of the hospital in the sandbox."""
    return member(sandbox, "Sara", "Sommer", Function.IT, is_admin=True)


@pytest.fixture
def platform(db: None) -> Organisation:
    """The operator's own organisation."""
    return create_operator_organisation(by=SYSTEM, domain="platform.example")


@pytest.fixture
def olga(platform: Organisation) -> Member:
    """An operator of the platform."""
    return member(platform, "Olga", "Olsen", Function.ADMINISTRATION, is_admin=True)


@pytest.fixture
def otto(platform: Organisation) -> Member:
    """Another operator."""
    return member(platform, "Otto", "Oster", Function.ADMINISTRATION, is_admin=True)


@pytest.fixture
def device_of() -> Callable[[Member], Device]:
    """Make a device for a member, with all its keys, and attach it to the member's session.

    The keys stay in `member.browser`: `.identity_key`, `.device_key`, `.mls_key`."""
    return lambda member: member.add_device()


def make_hospital(name: str, domain: str) -> Organisation:
    """Create an organisation that is verified."""
    organisation = create_organisation(
        by=SYSTEM, name=name, kind=OrganisationKind.HOSPITAL, domain=domain, city="Freiburg"
    )
    return verify_organisation(by=SYSTEM, organisation_id=organisation.id)


def make_sandbox() -> Organisation:
    """Create an organisation that is not verified."""
    return create_organisation(
        by=SYSTEM,
        name="Hospital S",
        kind=OrganisationKind.HOSPITAL,
        domain="hospital-s.example",
        city="Worms",
    )


def member(
    organisation: Organisation,
    given_name: str,
    family_name: str,
    function: Function = Function.PHYSICIAN,
    speciality: Speciality = Speciality.NONE,
    *,
    is_admin: bool = False,
) -> Member:
    """Create a person with a membership and a signed-in session; without a password, whose hash takes its
    time."""
    department = organisation.departments.filter(speciality=speciality).first() or create_department(
        by=SYSTEM, organisation_id=organisation.id, name=speciality.title(), speciality=speciality
    )
    person = create_person(
        by=SYSTEM,
        email=f"{'.'.join(search_words(given_name + '.' + family_name))}@{organisation.domain}",
        given_name=given_name,
        family_name=family_name,
    )
    membership = create_membership(
        by=SYSTEM,
        person_id=person.id,
        organisation_id=organisation.id,
        function=function,
        department_id=department.id,
        is_admin=is_admin,
    )
    return sign_in(membership)
