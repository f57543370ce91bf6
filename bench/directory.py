"""The directory with 10,000 people of 500 hospitals on PostgreSQL: how long a search takes, and end to end."""

import asyncio
import os
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench.http import Connection
from bench.results import Row
from bench.setting import PROGRAMS, settle, spawn, use_django, wait_until_ready
from tests import services

if TYPE_CHECKING:
    from tests.cast import Member

ORGANISATIONS, PEOPLE, ROLES_EACH = 500, 10_000, 3
DAYS = range(-20, 20)
# fmt: off
GIVEN = [
    "Anna", "Jürgen", "Leyla", "Tobias", "Sofia", "Zoë", "Björn", "Müjde", "Čeněk", "Łucja", "Renée", "Günter",
    "Håkon", "Mehmet", "Olga",
]
SYLLABLES = [
    "mül", "ber", "schä", "öz", "ler", "tin", "kof", "vić", "stein", "wald", "här", "böhm", "ja", "kow", "tür",
    "sen", "rös", "lüt", "gar", "neu",
]
# fmt: on
KINDS = (
    "fragment",
    "umlaut",
    "speciality",
    "sub-speciality",
    "language",
    "on duty",
    "hospital",
    "combined",
    "nobody",
)


def run(*, quick: bool) -> Iterator[Row | str]:
    """p95 over all kinds of queries in turn; the target is the whole mixture's, and notes name each kind's."""
    rounds = 5 if quick else 40
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        environment = {"DATABASE_URL": postgres.url, "MEDICUS_VAR": f"{folder}/var"}
        try:
            use_django(**environment)
            seeker = populate(random.Random(7))
            chance = random.Random(11)
            queries = [one for _ in range(rounds) for one in _queries(chance)]
            yield from _rows("directory.search_p95", _in_process(seeker, queries))
            port = services.free_port()
            process = _serve(Path(folder), port, environment)
            try:
                wait_until_ready(port, f"localhost:{port}")
                for name, path in (("api", "/api/v1/directory"), ("page", "/directory/")):
                    times = asyncio.run(_over_http(port, path, seeker.session_key, queries))
                    yield from _rows(f"directory.search_{name}_p95", times)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        finally:
            postgres.kill()


def _rows(name: str, times: dict[str, list[float]]) -> Iterator[Row | str]:
    together = [one for each in times.values() for one in each]
    by_kind = ", ".join(f"{kind} {_told(each)}" for kind, each in times.items())
    yield f"{name} in ms, p95 (median, least): all {_told(together)}; {by_kind}"
    yield Row(name, "ms", _p95(together), None, "itself", "≤ 50")


def _told(times: list[float]) -> str:
    return f"{_p95(times):.1f} ({statistics.median(times):.1f}, {min(times):.1f})"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _queries(chance: random.Random) -> list[tuple[str, dict[str, str]]]:
    """One query of each kind, as the address of the page holds it; with other values each round."""
    from identity.states import Language, Speciality, SubSpeciality

    syllable = chance.choice(SYLLABLES)
    found: dict[str, dict[str, str]] = {
        "fragment": {"q": syllable[:2]},
        "umlaut": {"q": "mül anna"},
        "speciality": {"speciality": chance.choice([Speciality.INTERNAL_MEDICINE, Speciality.UROLOGY])},
        "sub-speciality": {"sub_speciality": chance.choice(list(SubSpeciality))},
        "language": {"language": chance.choice([Language.GERMAN, Language.TURKISH, Language.JAPANESE])},
        "on duty": {"on_duty": "true"},
        "hospital": {"hospital": f"klinikum {chance.randrange(ORGANISATIONS):03}"},
        "combined": {"q": syllable, "speciality": Speciality.SURGERY, "language": "de", "on_duty": "true"},
        "nobody": {"q": "xyzzy"},
    }
    return [(kind, found[kind]) for kind in KINDS]


def _in_process(seeker: "Member", queries: list[tuple[str, dict[str, str]]]) -> dict[str, list[float]]:
    from identity.access import Sought, directory

    def search(query: dict[str, str]) -> None:
        words = {"q": "query"}
        sought: dict[str, Any] = {words.get(name, name): value for name, value in query.items()}
        directory(by=seeker.actor, sought=Sought(**sought))

    return _timed(queries, search)


def _timed(
    queries: list[tuple[str, dict[str, str]]], search: Callable[[dict[str, str]], None]
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _, query in queries[: len(KINDS)]:
        search(query)
    for kind, query in queries:
        begin = time.perf_counter()
        search(query)
        times[kind].append((time.perf_counter() - begin) * 1000)
    return times


def _serve(folder: Path, port: int, environment: dict[str, str]) -> Any:
    command = (
        "uvicorn",
        "medicus.asgi:application",
        "--host=127.0.0.1",
        f"--port={port}",
        "--loop=uvloop",
        "--no-access-log",
    )
    origin = {"MEDICUS_ORIGIN": f"http://localhost:{port}"}
    return spawn(str(PROGRAMS / command[0]), *command[1:], log=folder / "server.log", **environment, **origin)


async def _over_http(
    port: int, path: str, session_key: str, queries: list[tuple[str, dict[str, str]]]
) -> dict[str, list[float]]:
    from django.conf import settings

    connection = Connection(port)
    headers = f"Cookie: {settings.SESSION_COOKIE_NAME}={session_key}\r\n"
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number, (kind, query) in enumerate([*queries[: len(KINDS)], *queries]):
        begin = time.perf_counter()
        status, body = await connection.request("GET", f"{path}?{urlencode(query)}", None, headers)
        assert status == 200, (status, body[:300])
        if number >= len(KINDS):
            times[kind].append((time.perf_counter() - begin) * 1000)
    await connection.close()
    return times


def populate(chance: random.Random) -> "Member":
    """Fill the database; returns somebody who searches, with a session."""
    from bench.chat.population import hospital, member

    seeker = member(hospital("seeker"), "seeker")
    memberships = people(chance, _organisations(chance), PEOPLE)
    _statements(chance, memberships)
    _devices(memberships[::2])
    _rotas(chance, memberships)
    settle()
    return seeker


def _organisations(chance: random.Random) -> list[Any]:
    """Hospitals with five departments each. Their CA certificate is empty: no search reads it."""
    from identity.models import Department, Organisation
    from identity.states import OrganisationKind, Speciality
    from medicus.lib.clock import now

    at = now()
    rows = Organisation.objects.bulk_create(
        Organisation(
            name=f"Klinikum {number:03}",
            kind=OrganisationKind.HOSPITAL,
            domain=f"h{number:03}.example",
            city="Freiburg",
            created_at=at,
            verified_at=at,
            ca_certificate=bytes(600),
        )
        for number in range(ORGANISATIONS)
    )
    specialities = [each for each in Speciality if each != Speciality.NONE]
    Department.objects.bulk_create(
        Department(organisation=row, name=f"Abteilung {speciality}", speciality=speciality)
        for row in rows
        for speciality in chance.sample(specialities, 5)
    )
    return rows


def people(chance: random.Random, organisations: list[Any], count: int) -> list[Any]:
    """Make people with a membership each, in turns of these organisations; returns the memberships."""
    from identity.models import Department, Membership, Person
    from identity.names import search_form
    from identity.states import Function
    from medicus.lib.clock import now

    at = now()
    departments: dict[Any, list[Any]] = {}
    for department in Department.objects.all():
        departments.setdefault(department.organisation_id, []).append(department)
    made = []
    for number in range(count):
        given = chance.choice(GIVEN)
        family = "".join(chance.sample(SYLLABLES, chance.choice([2, 3]))).title()
        made.append(
            Person(
                email=f"n{number}@h.example",
                given_name=given,
                family_name=family,
                search_name=search_form(family, given),
                created_at=at,
            )
        )
    Person.objects.bulk_create(made, batch_size=2000)
    functions = [Function.PHYSICIAN, Function.PHYSICIAN, Function.NURSE, Function.ADMINISTRATION]
    return Membership.objects.bulk_create(
        (
            Membership(
                person=person,
                organisation=organisation,
                department=chance.choice(departments[organisation.id]),
                function=chance.choice(functions),
                valid_from=at,
            )
            for person, organisation in zip(made, cycle(organisations), strict=False)
        ),
        batch_size=2000,
    )


def _statements(chance: random.Random, memberships: list[Any]) -> None:
    from identity.models import HeldSubSpeciality, SpokenLanguage
    from identity.states import Language, SubSpeciality

    codes, tags = list(SubSpeciality), list(Language)
    HeldSubSpeciality.objects.bulk_create(
        (
            HeldSubSpeciality(membership=row, code=code)
            for row in memberships
            for code in chance.sample(codes, chance.choice([0, 1, 2]))
        ),
        batch_size=5000,
    )
    SpokenLanguage.objects.bulk_create(
        (
            SpokenLanguage(person_id=row.person_id, tag=tag)
            for row in memberships
            for tag in {Language.GERMAN, chance.choice(tags), chance.choice(tags)}
        ),
        batch_size=5000,
    )


def _devices(memberships: list[Any]) -> None:
    """A device for each. Their keys and certificates are empty: no search reads them."""
    from identity.models import Device, IdentityKey
    from medicus.lib.clock import now
    from medicus.lib.ids import new_id

    at = now()
    keys = IdentityKey.objects.bulk_create(
        (
            IdentityKey(
                person_id=row.person_id,
                organisation_id=row.organisation_id,
                certificate=bytes(600),
                fingerprint=row.id.bytes * 2,
                created_at=at,
            )
            for row in memberships
        ),
        batch_size=2000,
    )
    Device.objects.bulk_create(
        (
            Device(
                id=new_id(),
                person_id=key.person_id,
                organisation_id=key.organisation_id,
                identity_key=key,
                name="Firefox",
                certificate=bytes(600),
                mls_thumbprint=f"{key.id.hex:0>43}",
                created_at=at,
                expires_at=at + timedelta(days=60),
            )
            for key in keys
        ),
        batch_size=2000,
    )


def _rotas(chance: random.Random, memberships: list[Any]) -> None:
    """Roles that others may know of, each with a shift that runs and those of the days before and after; of every
    third one somebody is the substitute, too."""
    from identity.names import search_form
    from medicus.lib.clock import now
    from rota.models import Role, Shift
    from rota.states import FilledBy, Rank

    at = now()
    by_organisation: dict[Any, list[Any]] = {}
    for row in memberships:
        by_organisation.setdefault(row.organisation_id, []).append(row)
    roles = Role.objects.bulk_create(
        Role(
            organisation_id=organisation_id,
            name=f"Dienst {number}",
            search_name=search_form(f"Dienst {number}"),
            filled_by=FilledBy.LIST,
            is_public=True,
            names_holder=True,
            created_at=at,
        )
        for organisation_id in by_organisation
        for number in range(ROLES_EACH)
    )
    Shift.objects.bulk_create(
        (
            Shift(
                role=role,
                membership=chance.choice(by_organisation[role.organisation_id]),
                rank=rank,
                starts_at=at + timedelta(days=day) - timedelta(hours=1),
                ends_at=at + timedelta(days=day + 1) - timedelta(hours=1),
            )
            for number, role in enumerate(roles)
            for rank in ((Rank.HOLDER,) if number % 3 else (Rank.HOLDER, Rank.SUBSTITUTE))
            for day in DAYS
        ),
        batch_size=5000,
    )
