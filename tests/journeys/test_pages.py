"""Every page of the frame, on a phone in light and German, on a desk in dark and English: no barrier that axe-core
finds, nothing wider than the window, nothing that the content security policy refused, and the keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import DESK, PHONE, Person, signed_in
from tests.journeys.running import Running

pytestmark = pytest.mark.journey

AXE = Path(settings.BASE_DIR / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
BARRIERS = """async () => (await axe.run()).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", "))"""

SHAPES: Any = ((PHONE, "light", "de"), (DESK, "dark", "en"))
"""German words are the longest, and a phone is where they have the least room."""

#: Texts of the head of a finding that reach beyond it.
OUTSIDE = """() => [...document.querySelectorAll(".bar, .bar *")]
    .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth
        || part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== "inline")
    .map((part) => part.className)"""


@pytest.fixture(scope="module")
def anna(browser: Browser, running: Running) -> Iterator[Person]:
    """A physician with a patient, a finding and a device."""
    yield from _signed_in(browser, running, "a.brandt@nordstadt.example")


@pytest.fixture(scope="module")
def stefan(browser: Browser, running: Running) -> Iterator[Person]:
    """The IT admin."""
    yield from _signed_in(browser, running, "s.vogel@nordstadt.example")


def _signed_in(browser: Browser, running: Running, email: str) -> Iterator[Person]:
    person = signed_in(browser, running, email)
    person.wait_for_device()
    yield person
    person.close()


def folder_and_finding(anna: Person) -> tuple[str, str]:
    anna.go("/patients/?q=1CT1")
    link = anna.page.locator("a.row__link").first
    folder = str(link.get_attribute("href"))
    anna.go(folder)
    finding = anna.page.locator("#findings a.row__link")
    expect(finding).to_be_visible()
    return folder, str(finding.get_attribute("href"))


def in_every_shape(page: Page, path: str) -> Iterator[str]:
    """Open a page in both shapes; say which is shown."""
    for size, scheme, language in SHAPES:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        speak(page, language)
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        yield f"{path} {size['width']} {scheme} {language}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # as in tests.journeys.browser
    speak(page, "de")


def speak(page: Page, language: str) -> None:
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": "language", "value": language, "url": f"{origin}/"}])


def faults_of(page: Page, path: str) -> list[str]:
    """What is wrong with a page in any of its shapes."""
    found = []
    for shape in in_every_shape(page, path):
        page.evaluate(AXE)
        found += [f"{shape}: {barrier}" for barrier in page.evaluate(BARRIERS)]
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{shape}: {too_wide} pixels too wide"] if too_wide > 0 else []
    return found


def test_the_sign_in_has_no_barrier(browser: Browser, running: Running) -> None:
    stranger = Person.at(browser, running, "nobody@nordstadt.example")
    stranger.go("/sign-in/")
    assert faults_of(stranger.page, "/sign-in/") == []
    assert stranger.faults == []
    stranger.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/directory/", "/directory/?q=zzz", "/patients/", "/patients/?q=zzz", "/shared/", "/membership/"],
)
def test_a_clinicians_pages_have_no_barrier(anna: Person, path: str) -> None:
    assert faults_of(anna.page, path) == []
    assert anna.faults == []


def test_a_patients_folder_and_its_finding_have_no_barrier(anna: Person) -> None:
    folder, finding = folder_and_finding(anna)
    panel = f"{folder}?share={finding.split('/')[2]}&q=wei"
    assert faults_of(anna.page, folder) == []
    assert faults_of(anna.page, panel) == []
    assert faults_of(anna.page, finding) == []


@pytest.mark.parametrize("path", ["/", "/audit/", "/audit/?since=2100-01-01"])
def test_an_admins_pages_have_no_barrier(stefan: Person, path: str) -> None:
    assert faults_of(stefan.page, path) == []
    assert stefan.faults == []


def test_the_head_of_a_shared_finding_holds_the_longest_name(
    browser: Browser, running: Running, anna: Person
) -> None:
    folder, finding = folder_and_finding(anna)
    rename(running, anna.email)
    share(anna, folder, finding)
    for jonas in _signed_in(browser, running, "j.oeztuerk@suedstadt.example"):
        jonas.go(finding)
        for size in (DESK, PHONE):
            jonas.page.set_viewport_size(size)  # type: ignore[arg-type]  # as in tests.journeys.browser
            expect(jonas.page.locator(".bar")).to_contain_text("Hohenstein-Waldburg")
            assert jonas.page.evaluate(OUTSIDE) == [], size
            rows = jonas.page.locator(".bar").evaluate(
                "bar => [bar.querySelector('.back'), bar.querySelector('.button')]"
                ".map(part => part.getBoundingClientRect()).map(box => Math.round(box.top + box.height / 2))"
            )
            assert abs(rows[0] - rows[1]) <= 2, f"{size}: the download is not in the row of the way back"
        assert jonas.faults == []


def rename(running: Running, email: str) -> None:
    """Give somebody the longest name that a door plate has seen."""
    name = "given_name='Maximilian-Alexander', family_name='Freiherr von und zu Hohenstein-Waldburg'"
    words = f"from identity.models import Person; Person.objects.filter(email='{email}').update({name})"
    running.manage("shell", "--command", words)


def share(anna: Person, folder: str, finding: str) -> None:
    anna.go(f"{folder}?share={finding.split('/')[2]}&q=Öztürk")
    anna.page.locator("select[name=purpose]").select_option("second-opinion")
    anna.page.locator("#share form[method=post] button[type=submit]").click()
    expect(anna.page.locator("#shares")).to_contain_text("Öztürk")


def test_a_patients_access_log_has_no_barrier(stefan: Person) -> None:
    stefan.go("/audit/?event=patient:create")
    path = stefan.page.get_by_role("link", name="Zugriffsprotokoll").first.get_attribute("href")
    assert path
    assert faults_of(stefan.page, path) == []
    assert stefan.faults == []


def test_what_is_not_found_has_no_barrier_and_a_way_on(anna: Person) -> None:
    assert faults_of(anna.page, "/nowhere/") == []
    expect(
        anna.page.get_by_role("link", name=re.compile("Zur Arbeitsliste|To the work list"))
    ).to_be_visible()
    anna.faults.clear()


def test_the_keyboard_alone_reaches_content_menu_and_sign_out(anna: Person) -> None:
    page = anna.page
    anna.go("/directory/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator(".topbar__account summary").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Abmelden")
    expect(button).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).not_to_be_visible()
    expect(page.locator(".topbar__account summary")).to_be_focused()


def test_nothing_of_a_patient_is_cut_off_on_a_phone(anna: Person) -> None:
    page = anna.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as in tests.journeys.browser
    anna.go("/patients/")
    page.locator("#id_family_name").fill("Freifrau von und zu Hohenstein-Waldburg-Zeil-Trauchburg")
    page.locator("#id_given_name").fill("Maximiliane-Alexandra Henriette")
    page.locator("#id_born_on").fill("1950-01-02")
    page.locator("#id_identifier").fill("NORD-2026-000-123-456")
    page.get_by_role("button", name="Akte anlegen").click()
    expect(page).to_have_url(re.compile("/patients/[0-9a-f-]{36}/"))
    for path in ("/patients/", "/"):
        anna.go(path)
        row = page.locator(".row", has_text="Hohenstein")
        expect(row).to_contain_text("NORD-2026-000-123-456")
        cut = (
            "row => [...row.querySelectorAll('.row__main > *')].filter(it => it.scrollWidth > it.clientWidth)"
        )
        assert row.evaluate(cut) == [], path
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def test_values_of_an_event_stand_beside_their_labels_on_a_phone(stefan: Person) -> None:
    page = stefan.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as in tests.journeys.browser
    stefan.go("/audit/")
    below = """() => [...document.querySelectorAll("td[data-label] > *")].filter((part) =>
        part.getBoundingClientRect().left < part.closest("tr").getBoundingClientRect().left + 120).length"""
    assert page.locator("td[data-label] > *").count() > 0
    assert page.evaluate(below) == 0
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def test_errors_of_a_form_are_where_reading_begins(anna: Person) -> None:
    anna.go("/patients/")
    anna.page.get_by_role("button", name="Akte anlegen").click()
    expect(anna.page.locator("#errors")).to_be_focused()
    anna.page.locator("#errors a").first.click()
    expect(anna.page.locator("#id_family_name")).to_be_focused()
    anna.faults.clear()


def test_a_file_that_is_dropped_appears_without_a_reload(anna: Person) -> None:
    folder, _ = folder_and_finding(anna)
    anna.go(folder)
    letter = {"name": "brief.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    anna.page.locator("#files").set_input_files([letter])  # type: ignore[list-item]  # a payload, as documented
    expect(anna.page.locator(".transfer__state")).to_have_text(
        "Keine DICOM-Datei. Es wurde nichts übertragen."
    )
    assert anna.faults == []
