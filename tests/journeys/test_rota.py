"""A role from its making to the colleague of the other hospital who sees who is on duty."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey
BERLIN = ZoneInfo("Europe/Berlin")
ROLE = "Neurologie, Dienstarzt"


def local(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def calendar(day: dt.date) -> bytes:
    """Two nights: one of Leyla by her address, one of somebody who does not work here."""
    nights = [
        ("Dienst", "ATTENDEE:mailto:l.yildiz@nordstadt.example", 2),
        ("Dr. Unbekannt", "CLASS:PUBLIC", 3),
    ]
    events = [
        f"BEGIN:VEVENT\r\nUID:{ahead}\r\nSUMMARY:{title}\r\n{line}\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART;TZID=Europe/Berlin:{day + dt.timedelta(days=ahead):%Y%m%d}T200000\r\n"
        f"DTEND;TZID=Europe/Berlin:{day + dt.timedelta(days=ahead + 1):%Y%m%d}T080000\r\nEND:VEVENT\r\n"
        for title, line, ahead in nights
    ]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


def check(person: Person, name: str) -> None:
    """Look at a page, and let axe look at it; reloaded, as axe changes it."""
    person.look(name)
    address = person.page.url
    assert faults_of(person.page, address) == []
    person.go(address)


def make(stefan: Person) -> None:
    page = stefan.page
    stefan.go("/administration/roles/")
    check(stefan, "rota-administration")
    page.get_by_role("link", name="Rolle anlegen").click()
    page.get_by_label("Name", exact=True).fill(ROLE)
    page.get_by_label("Was sie beantwortet").fill("Schlaganfall, Krampfanfall, Liquor")
    page.get_by_label("Wer sie besetzt").select_option("list")
    page.get_by_label("Diese Personen besetzen sie").fill(
        "l.yildiz@nordstadt.example\na.brandt@nordstadt.example"
    )
    page.get_by_label("Andere verifizierte Krankenhäuser finden diese Rolle").check()
    page.get_by_label("Deren Kliniker sehen, wer Dienst hat").check()
    stefan.look("rota-role-form")
    page.get_by_role("button", name="Anlegen").click()
    expect(page.get_by_text("Niemand hat Dienst")).to_be_visible()
    check(stefan, "rota-empty")


def plan(stefan: Person) -> str:
    """Plan six hours from now on; the address of the role's page."""
    page = stefan.page
    now = dt.datetime.now(BERLIN).replace(second=0, microsecond=0)
    page.get_by_label("Person", exact=True).select_option(label="Dr. med. Leyla Yıldız, Neurologie")
    page.get_by_label("Von", exact=True).fill(local(now))
    page.get_by_label("Bis", exact=True).fill(local(now + dt.timedelta(hours=6)))
    page.get_by_role("button", name="Planen").click()
    expect(page.get_by_text("1 Dienst ist geplant.")).to_be_visible()
    expect(page.locator(".person__name")).to_have_text("Dr. med. Leyla Yıldız")
    return re.sub(r"\?.*", "", page.url)


def import_calendar(stefan: Person, address: str) -> None:
    page = stefan.page
    stefan.go(address)
    page.get_by_role("link", name="Kalender importieren").click()
    check(stefan, "rota-import-read")
    page.get_by_label("Kalenderdatei").set_input_files(
        [{"name": "x.ics", "mimeType": "text/calendar", "buffer": calendar(dt.datetime.now(BERLIN).date())}]  # type: ignore[list-item]
    )
    page.get_by_role("button", name="Datei prüfen").click()
    expect(page.get_by_text("Niemand, der diese Rolle besetzen darf")).to_be_visible()
    check(stefan, "rota-import")
    page.get_by_role("button", name="1 Dienst planen").click()
    expect(page.get_by_text("1 Dienst wurde geplant.")).to_be_visible()


def set_chain(stefan: Person, address: str) -> None:
    page = stefan.page
    stefan.go(address)
    page.get_by_role("link", name="Eskalationskette").click()
    page.locator("#id_who_1").select_option(label="Dr. med. Anna Brandt, Kardiologie")
    page.locator("#id_minutes_1").fill("10")
    stefan.look("rota-chain")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("nach 10 Minuten")).to_be_visible()
    check(stefan, "rota-role")
    assert stefan.faults == []


def take_over(anna: Person, address: str) -> None:
    anna.go(address)
    anna.page.get_by_role("link", name="Übernehmen").click()
    anna.page.get_by_label("Grund").fill("Leyla ist im OP")
    anna.look("rota-take-over")
    anna.page.get_by_role("button", name="Jetzt übernehmen").click()
    expect(anna.page.locator(".person__name")).to_have_text("Dr. med. Anna Brandt")
    check(anna, "rota-taken-over")
    anna.go("/")
    expect(anna.page.get_by_text(f"Sie haben jetzt Dienst: {ROLE}")).to_be_visible()
    anna.look("rota-home")
    anna.go(address + "history/")
    expect(anna.page.get_by_text("Leyla ist im OP")).to_be_visible()
    check(anna, "rota-history")
    assert anna.faults == []


def find(clara: Person) -> None:
    clara.go("/directory/")
    clara.page.get_by_role("link", name="Rollen: wer hat Dienst").click()
    clara.page.get_by_label("Rolle", exact=True).fill("neuro")
    clara.page.get_by_label("Jetzt im Dienst").check()
    clara.page.get_by_role("button", name="Suchen").click()
    expect(clara.page.get_by_role("row", name=re.compile("Neurologie"))).to_contain_text("Anna Brandt")
    check(clara, "rota-directory")
    clara.page.get_by_role("link", name=ROLE).click()
    expect(clara.page.locator(".week")).to_have_count(0)
    check(clara, "rota-public")
    clara.go("/directory/?q=brandt")
    expect(clara.page.get_by_text(f"Im Dienst: {ROLE}")).to_be_visible()
    check(clara, "rota-people")
    assert clara.faults == []


def test_a_role_is_made_planned_imported_taken_over_and_found(browser: Browser, running: Running) -> None:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    make(stefan)
    address = plan(stefan)
    import_calendar(stefan, address)
    set_chain(stefan, address)
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    take_over(anna, address)
    clara = signed_in(browser, running, "c.hoffmann@suedstadt.example")
    find(clara)
    for person in (stefan, anna, clara):
        person.close()
