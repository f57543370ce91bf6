"""A hospital whose administrators approve new devices: a first one waits with a code and goes on by itself; a second one is
refused with a reason, asks anew, and then waits for the person's own device; set back, who waits goes on by themselves."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from medicus.lib.clock import now
from tests.journeys.browser import DESK, PHONE, Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_pages import AXE, BARRIERS, faults_of
from tests.journeys.test_second_device import another_browser

pytestmark = pytest.mark.journey

APPROVALS = "/administration/device-approvals/"
WAITS = "Die IT-Administration muss dieses Gerät freigeben"
REASON = "Bitte kommen Sie mit Ihrem Ausweis vorbei."


def test_an_administrator_approves_each_new_device(browser: Browser, running: Running) -> None:
    running.manage(
        "person", "add", "i.itt@nordstadt.example", "--organisation", "nordstadt.example", "--admin",
        "--given-name", "Ida", "--family-name", "Itt", "--function", "it",
    )  # fmt: skip
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    chooses(stefan, "Die Person und die Administration")
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    sofia.enrol()
    code = waits(sofia)
    sofia.page.reload()
    assert code_of(sofia) == code
    approves(stefan, code)
    sofia.wait_for_device()
    expect(sofia.page.locator(".engine-pane")).to_be_hidden()
    second = another_browser(browser, sofia, steps=1)
    second.go("/conversations/")
    second.page.get_by_role("button", name="Diesen Browser hinzufügen").click()
    code_of(second)
    code = waits(second)
    refuses(stefan, code)
    is_told_why(second)
    second.page.get_by_role("button", name="Neu anfragen").click()
    again = code_of(second)
    assert again != code
    approves(stefan, again)
    expect(second.page.get_by_role("img", name=re.compile("QR-Code"))).to_be_visible()
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    waits(anna)
    chooses(stefan, "Die Person allein")
    anna.wait_for_device()
    for person in (stefan, sofia, second, anna):
        assert person.faults == []
        person.close()


def chooses(stefan: Person, value: str) -> None:
    stefan.go("/administration/policies/")
    form = stefan.page.locator("form", has=stefan.page.locator("#new_devices-new_devices"))
    form.locator("select").select_option(label=value)
    stefan.look("new-devices-policy")
    form.get_by_role("button", name=re.compile("^Speichern")).click()
    shows_factor_if_asked(stefan)
    expect(stefan.page.get_by_text("Gespeichert: Freigabe neuer Geräte.")).to_be_visible()


def waits(person: Person) -> str:
    """The code that the browser shows."""
    person.go("/conversations/")
    expect(person.page.get_by_text(WAITS)).to_be_visible()
    assert faults_here(person.page) == []
    person.look("new-devices-waiting")
    person.go("/")
    expect(person.page.get_by_text(WAITS)).to_be_visible()
    person.look("new-devices-home")
    person.go("/conversations/")
    return code_of(person)


def code_of(person: Person) -> str:
    expect(person.page.get_by_text(WAITS)).to_be_visible()
    code = person.page.locator("code.join__code").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)
    return code


def approves(stefan: Person, code: str) -> None:
    page = stefan.page
    stefan.go("/administration/")
    expect(page.get_by_role("link", name="Neue Geräte freigeben")).to_be_visible()
    stefan.go(APPROVALS)
    row = page.locator("#waiting .row", has_text=code)
    expect(row).to_contain_text("Sofia Papadopoulos")
    stefan.look("new-devices-list")
    assert faults_of(page, APPROVALS) == []
    stefan.go(APPROVALS)
    row.get_by_role("button", name=re.compile("Der Code stimmt überein: freigeben")).click()
    shows_factor_if_asked(stefan)
    expect(page.get_by_text("Freigegeben. Der Browser von")).to_be_visible()


def refuses(stefan: Person, code: str) -> None:
    page = stefan.page
    stefan.go(APPROVALS)
    row = page.locator("#waiting .row", has_text=code)
    row.get_by_text("Ablehnen", exact=False).first.click()
    row.get_by_label("Grund").fill(REASON)
    stefan.look("new-devices-refusing")
    row.get_by_role("button", name=re.compile("Endgültig ablehnen")).click()
    expect(page.get_by_text("Abgelehnt.")).to_be_visible()
    stefan.look("new-devices-decided")


def is_told_why(second: Person) -> None:
    expect(second.page.get_by_text(REASON)).to_be_visible()
    assert faults_here(second.page) == []
    second.look("new-devices-refused")


def shows_factor_if_asked(stefan: Person) -> None:
    """When the test takes longer than a second factor stays fresh."""
    stefan.page.wait_for_load_state()
    if stefan.page.locator("#confirm-title").count():
        stefan.page.locator("input[name=code]").fill(pyotp.TOTP(stefan.secret).at(now()))
        stefan.page.locator("form button[type=submit].button--primary").first.click()


def faults_here(page: Page) -> list[str]:
    """Barriers in what the script has made of the page, on the desk and at 360 pixels."""
    found: list[str] = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # as in tests.journeys.browser
        page.evaluate(AXE)
        found += page.evaluate(BARRIERS)
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{size['width']}: {too_wide} pixels too wide"] if too_wide > 0 else []
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found
