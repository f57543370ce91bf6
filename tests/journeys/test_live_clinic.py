"""An empty installation becomes a live clinic: operators, the application, fifty people from a list with three bad rows,
single sign-on, a rota; then one of the fifty is offboarded in the middle of a conversation."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.identity.sso.conftest import Provider, start_provider
from tests.journeys import running as ways
from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import say
from tests.journeys.test_onboarding import (
    DOMAIN,
    EMAIL,
    apply,
    approve,
    check,
    enter,
    hand_over,
    prove,
    register,
    set_up,
)
from tests.journeys.test_rota import BERLIN, local
from tests.journeys.test_single_sign_on import connect, leave
from tests.nameserver import Zone, nameserver

pytestmark = pytest.mark.journey

ROLE = "Kardiologie, Hintergrund"
HEAD = "e-mail;vorname;nachname;funktion;abteilung"
BAD = {
    11: "kein-at-zeichen;Bodo;Bad;Ärztlicher Dienst;Kardiologie",
    27: "b27@anderswo.example;Bea;Bad;Ärztlicher Dienst;Kardiologie",
} | {44: f"b44@{DOMAIN};Berta;Bad;zauberin;Kardiologie"}


@pytest.fixture(scope="module")
def zone() -> Iterator[Zone]:
    with nameserver() as served:
        yield served


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, zone: Zone) -> Iterator[Running]:
    started = ways.one_machine(
        tmp_path_factory.mktemp("live-clinic"),
        demo=False,
        MEDICUS_DNS_RESOLVERS=zone.address,
        MEDICUS_PROVIDER_NETWORKS="127.0.0.0/8",
    )
    yield started
    started.stop()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    started = start_provider(tmp_path_factory.mktemp("provider") / "a")
    started.control(asks=True)
    yield started
    started.service.stop()


def operator(browser: Browser, running: Running, given_name: str, family_name: str) -> Person:
    """An operator, added on the machine, who enters by the link that the command prints."""
    email = f"{given_name}@plattform.example".lower()
    names = ("--given-name", given_name, "--family-name", family_name)
    link = running.manage("operator", "add", email, *names).strip()
    person = Person.at(browser, running, email)
    person.begin(link)
    return person


def people() -> list[str]:
    """Fifty rows and the three bad ones between them."""
    rows = [f"p{n}@{DOMAIN};Paula;Probe {n};Ärztlicher Dienst;Kardiologie" for n in range(50)]
    for place, row in BAD.items():
        rows.insert(place, row)
    return rows


def import_people(nadja: Person) -> None:
    page = nadja.page
    nadja.go("/administration/people/import/")
    _choose(nadja, people())
    expect(page.get_by_role("heading", name="Was nicht stimmt")).to_be_visible()
    lines = page.locator("main tbody th[scope=row]").all_inner_texts()
    assert [int(line) for line in lines] == [
        place + 2 for place in sorted(BAD)
    ]  # line 1 has the names of the columns
    nadja.look("clinic-bad-rows")
    nadja.faults.clear()  # Chromium reports the 400 of the page
    _choose(nadja, [row for row in people() if row not in BAD.values()])
    page.get_by_role("button", name="50 Personen importieren").click()
    expect(page.get_by_text("50 Personen wurden angelegt")).to_be_visible()
    nadja.look("clinic-imported")


def _choose(nadja: Person, rows: list[str]) -> None:
    content = "\n".join([HEAD, *rows]).encode()
    file = {"name": "personal.csv", "mimeType": "text/csv", "buffer": content}
    nadja.page.get_by_label("CSV-Datei").set_input_files([file])  # type: ignore[list-item]
    nadja.page.get_by_role("button", name="Datei prüfen").click()


def plan_rota(nadja: Person) -> None:
    page = nadja.page
    nadja.go("/administration/roles/")
    page.get_by_role("link", name="Rolle anlegen").click()
    page.get_by_label("Name", exact=True).fill(ROLE)
    page.get_by_label("Wer sie besetzt").select_option("list")
    page.get_by_label("Diese Personen besetzen sie").fill(f"p0@{DOMAIN}\np1@{DOMAIN}")
    page.get_by_role("button", name="Anlegen").click()
    now = dt.datetime.now(BERLIN).replace(second=0, microsecond=0)
    page.get_by_label("Person", exact=True).select_option(label="Paula Probe 0, Kardiologie")
    page.get_by_label("Von", exact=True).fill(local(now))
    page.get_by_label("Bis", exact=True).fill(local(now + dt.timedelta(hours=6)))
    page.get_by_role("button", name="Planen").click()
    expect(page.locator(".person__name")).to_have_text("Paula Probe 0")
    nadja.look("clinic-rota")


def arrive(browser: Browser, running: Running, provider: Provider, number: int) -> Person:
    """One of the fifty signs in over the hospital, sets up the app, and becomes reachable."""
    email = f"p{number}@{DOMAIN}"
    names = {"given_name": "Paula", "family_name": f"Probe {number}"}
    provider.control(user={"sub": f"sub-{number}", "email": email, "email_verified": True} | names)
    person = Person.at(browser, running, email)
    leave(person)
    person.page.get_by_role("button", name=re.compile("Sign in as")).click()
    expect(person.page).to_have_url(re.compile("/enrol/"))
    person.enrol_app()
    person.go("/")
    person.wait_for_device()
    return person


def converse(first: Person, second: Person) -> None:
    page = first.page
    first.go("/directory/?q=Probe 1")
    page.locator(".row, tr", has_text=re.compile(r"Probe 1\b")).get_by_role(
        "link", name=re.compile("Gespräch beginnen")
    ).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Gespräch beginnen").click()
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/"))
    say(first, "Können Sie übernehmen?")
    second.go(page.url.removeprefix(first.running.url))
    say(second, "Ja, gern.")
    expect(page.locator(".message__text", has_text="Ja, gern.")).to_be_visible()


def offboard(nadja: Person, name: str) -> None:
    page = nadja.page
    nadja.go(f"/administration/people/?q={name}")
    page.locator("a.person__name", has_text=re.compile(rf"{name}\b")).first.click()
    page.get_by_role("link", name="Austritt vorbereiten").click()
    page.get_by_role("button", name="Austritt durchführen").click()
    page.get_by_role("dialog").get_by_role("button", name="Austritt durchführen").click()
    expect(page.get_by_role("heading", name="Nachweisblatt eines Austritts")).to_be_visible()


def test_from_nothing_to_a_live_clinic_and_somebody_leaves(
    browser: Browser, running: Running, provider: Provider, zone: Zone
) -> None:
    olga, rolf = operator(browser, running, "Olga", "Lindner"), operator(browser, running, "Rolf", "Oster")
    nadja = Person.at(browser, running, EMAIL)
    register(nadja)
    enter(nadja, hand_over(olga))
    prove(nadja, zone)
    apply(nadja)
    check(olga)
    set_up(nadja)
    import_people(nadja)
    connect(nadja, provider)
    plan_rota(nadja)
    approve(rolf)
    nadja.go("/administration/")
    expect(nadja.page.locator(".banner--sandbox")).to_have_count(0)
    nadja.look("clinic-live")

    leaver, colleague = (arrive(browser, running, provider, number) for number in (0, 1))
    converse(leaver, colleague)
    offboard(nadja, "Probe 0")
    pane = leaver.page.locator(".engine-pane")
    expect(pane).to_contain_text("Ihr Zugang ist beendet", timeout=60_000)
    expect(colleague.page.get_by_text("Außer Ihnen nimmt niemand an diesem Gespräch teil.")).to_be_visible()
    nadja.go("/roles/")
    expect(nadja.page.get_by_role("row", name=re.compile("Kardiologie"))).not_to_contain_text("Probe 0")
    provider.control(user={"sub": "sub-0", "email": f"p0@{DOMAIN}", "email_verified": True})
    leave(leaver)
    leaver.page.get_by_role("button", name=re.compile("Sign in as")).click()
    expect(leaver.page.locator("#reference")).to_be_visible()
    leaver.look("clinic-left")
