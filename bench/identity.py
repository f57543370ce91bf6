"""What a sign-in costs beside the check of its password's hash, and how long a list of 5,000 people takes; PostgreSQL."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.results import Row
from bench.setting import settle, use_django
from tests import services

if TYPE_CHECKING:
    from identity.models import Membership

PASSWORD = "a wall of green books"
PEOPLE = 5_000


def run(*, quick: bool) -> Iterator[Row | str]:
    """identity.sign_in: password and time code as two requests, median, beside one check of the hash alone, in turns.
    identity.import: a list of people, from its upload to the last invitation, as its job in a thread does it."""
    turns, people = (5, 200) if quick else (40, PEOPLE)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            use_django(DATABASE_URL=postgres.url, MEDICUS_VAR=f"{folder}/var")
            admin = _administrator()
            settle()
            whole, hashing = _sign_ins(admin, turns)
            yield Row("identity.sign_in", "ms", whole, hashing, "its hash alone", "≤ 2.0")
            checked, imported = _import(admin, people)
            yield f"a list of {people} people: checked in {checked:.1f} s, imported in {imported:.1f} s"
            yield Row("identity.import", "s", checked + imported, None, "itself", "≤ 60")
        finally:
            postgres.kill()


def _administrator() -> "Membership":
    """Somebody with a password and a time code, who may import."""
    from bench.chat.population import hospital, member
    from identity.actions import set_password
    from identity.actions.second_factor import enrol_for_demo
    from medicus.lib.actor import SYSTEM

    found = member(hospital("one"), "admin", is_admin=True).membership
    set_password(by=SYSTEM, person_id=found.person_id, password=PASSWORD)
    enrol_for_demo(by=SYSTEM, person_id=found.person_id)
    return found


def _sign_ins(admin: "Membership", turns: int) -> tuple[float, float]:
    """Medians in ms: of a whole sign-in, and of the check of its password's hash."""
    from django.contrib.auth.hashers import check_password
    from django.test import Client
    from django.test.utils import setup_test_environment

    from identity.actions import current_code
    from identity.models import TotpSecret
    from medicus.lib.actor import SYSTEM

    setup_test_environment()
    email, encoded = admin.person.email, type(admin.person).objects.get(id=admin.person_id).password

    def sign_in() -> None:
        browser = Client()
        browser.post("/sign-in/", {"email": email, "password": PASSWORD})
        code = current_code(by=SYSTEM, email=email)
        answer = browser.post("/sign-in/second-factor/", {"code": code})
        assert (answer.status_code, answer["Location"]) == (302, "/")

    whole, hashing = [], []
    for _ in range(turns):
        TotpSecret.objects.update(last_timecode=0)  # else each code works once in thirty seconds
        whole.append(_ms(sign_in))
        hashing.append(_ms(lambda: check_password(PASSWORD, encoded)))
    return statistics.median(whole), statistics.median(hashing)


def _import(admin: "Membership", people: int) -> tuple[float, float]:
    """Seconds: to check a list, and to import it."""
    from identity.access import actor_in
    from identity.actions import check_people, start_import
    from identity.models import Membership, PeopleImport
    from identity.states import ImportState
    from medicus.lib.clock import now

    actor = actor_in(admin, verified_at=now())
    domain = admin.organisation.domain
    rows = [f"n{number}@{domain};Given{number};Family{number};nurse" for number in range(people)]
    content = "\n".join(["email;given_name;family_name;function", *rows]).encode()
    begin = time.perf_counter()
    waiting = check_people(by=actor, content=content).waiting
    assert waiting is not None
    between = time.perf_counter()
    start_import(by=actor, import_id=waiting.id)
    while not PeopleImport.objects.filter(id=waiting.id, state=ImportState.DONE).exists():
        time.sleep(0.05)
    end = time.perf_counter()
    assert Membership.objects.filter(people_import=waiting.id).count() == people
    return between - begin, end - between


def _ms(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000
