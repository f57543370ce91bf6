"""A second browser of one person: asks, is approved in the first by its code, and takes part; one that is not hers is
refused. A colleague of another hospital sees the new device, and his message arrives on both."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright

from medicus.lib.clock import now
from tests.journeys import running as ways
from tests.journeys.browser import Person, launch
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey

BEFORE = "Das war vor dem zweiten Gerät."
AFTER = "Das lesen Sie jetzt auf beiden Geräten."
ANSWER = "Und das kommt vom Telefon."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = ways.one_machine(tmp_path_factory.mktemp("second-device"))
    yield started
    started.stop()


def test_a_second_browser_joins_and_a_stranger_is_refused(browser: Browser, running: Running) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    for person in (sofia, jonas):
        person.enrol()
        person.wait_for_device()
    conversation = begin(sofia)
    jonas.go(conversation)
    expect(jonas.page.locator(".message__text", has_text=BEFORE)).to_be_visible()
    second = another_browser(browser, sofia, steps=1)
    code = asks(second)
    approves(sofia, code)
    both_take_part(sofia, second, jonas, conversation)
    stranger = another_browser(browser, sofia, steps=2)
    asks(stranger)
    refuses(sofia, stranger)
    assert sofia.faults == []
    assert second.faults == []
    assert jonas.faults == []
    for person in (sofia, jonas, second, stranger):
        person.close()


def begin(sofia: Person) -> str:
    sofia.go("/directory/?q=Öztürk")
    sofia.page.get_by_role("link", name=re.compile("Gespräch beginnen")).click()
    dialog = sofia.page.get_by_role("dialog")
    dialog.get_by_text("Fall", exact=True).click()
    dialog.get_by_label("Titel").fill("Konsil Zimmer 12")
    dialog.get_by_role("button", name="Gespräch beginnen").click()
    expect(sofia.page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/"))
    say(sofia, BEFORE)
    return sofia.page.url.removeprefix(sofia.running.url)


def say(person: Person, text: str) -> None:
    person.page.get_by_placeholder("Nachricht schreiben").fill(text)
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".message__text", has_text=text)).to_be_visible()


def another_browser(browser: Browser, person: Person, *, steps: int) -> Person:
    """The same person at another computer. steps: each time code works once, so the next one is taken."""
    other = Person.at(browser, person.running, person.email)
    other.give_password()
    expect(other.page).to_have_url(re.compile("/second-factor/"))
    if steps > 1:
        # The code after the next one is accepted only once its time has come.
        other.page.wait_for_timeout(30_000)
    code = pyotp.TOTP(person.secret).at(now(), counter_offset=1)
    other.page.locator("input[name=code]").fill(code)
    other.page.locator("form button[type=submit].button--primary").first.click()
    expect(other.page).to_have_url(re.compile(r"//[^/]+/$"))
    return other


def asks(second: Person) -> str:
    """Ask in the new browser; the code that it shows."""
    page = second.page
    expect(page.get_by_text("gehört noch nicht zu Ihren Geräten")).to_be_visible()
    second.look("second-device-home")
    second.go("/conversations/")
    expect(page.get_by_text("Frühere Nachrichten sind hier auch danach nicht zu lesen")).to_be_visible()
    second.look("second-device-ask")
    page.get_by_role("button", name="Diesen Browser hinzufügen").click()
    expect(page.get_by_role("img", name=re.compile("QR-Code"))).to_be_visible()
    expect(page.get_by_text("Wartet auf Ihre Bestätigung, noch 10 Minuten")).to_be_visible()
    second.look("second-device-code")
    page.reload()
    return page.locator(".join__code").inner_text()


def approves(sofia: Person, code: str) -> None:
    page = sofia.page
    sofia.go("/account/")
    row = page.locator("#joins .row")
    expect(row).to_contain_text("Chrome")
    sofia.look("second-device-account")
    row.get_by_role("link", name=re.compile("Prüfen")).click()
    field = page.get_by_label("Code, den der neue Browser zeigt")
    expect(field).to_be_visible()
    address = page.url.removeprefix(sofia.running.url)
    assert faults_of(page, address) == []
    sofia.go(address)
    expect(field).to_be_visible()
    sofia.look("second-device-approve")
    approve = page.get_by_role("button", name="Dieses Gerät bestätigen")
    field.fill("ABCD")
    approve.click()
    expect(page.get_by_text("Das ist kein vollständiger Code.")).to_be_visible()
    field.fill("0000-0000-0000")
    approve.click()
    expect(page.get_by_text("Dieser Code passt nicht zu den Schlüsseln")).to_be_visible()
    sofia.look("second-device-mistyped")
    field.fill(code.lower())
    approve.click()
    expect(page.get_by_text("Der Browser gehört jetzt zu Ihren Geräten")).to_be_visible()
    expect(page.get_by_text("1 Gespräch geht dort weiter")).to_be_visible()
    sofia.look("second-device-approved")


def both_take_part(sofia: Person, second: Person, jonas: Person, conversation: str) -> None:
    row = second.page.get_by_role("link", name=re.compile("Konsil Zimmer 12"))
    expect(row).to_be_visible()
    second.go(conversation)
    expect(told_in(second, "Dieses Gerät ist dem Gespräch beigetreten.")).to_be_visible()
    expect(second.page.locator(".message__text", has_text=BEFORE)).to_have_count(0)
    expect(told_in(jonas, "Sofia Papadopoulos ist jetzt mit einem weiteren Gerät dabei.")).to_be_visible()
    expect(jonas.page.locator(".member", has_text="Sofia")).to_contain_text("2 Geräte")
    say(jonas, AFTER)
    sofia.go(conversation)
    for person in (sofia, second):
        expect(person.page.locator(".message__text", has_text=AFTER)).to_be_visible()
    say(second, ANSWER)
    for person in (sofia, jonas):
        expect(person.page.locator(".message__text", has_text=ANSWER)).to_be_visible()
    second.look("second-device-conversation")
    jonas.look("second-device-seen-by-a-peer")


def told_in(person: Person, text: str) -> Locator:
    """What stands between the messages of the open conversation."""
    return person.page.locator(".thread__event", has_text=text)


def refuses(sofia: Person, stranger: Person) -> None:
    (join,) = sofia.api("/api/v1/device-joins")["joins"]
    fragment = "A" * 43
    sofia.go(f"/account/devices/join/{join['id']}/#{fragment}")
    expect(sofia.page.get_by_text("Der Code kam mit dem QR-Code.")).to_be_visible()
    assert fragment not in sofia.page.url
    sofia.look("second-device-scanned")
    sofia.page.get_by_role("button", name="Nicht meine Anfrage").click()
    expect(sofia.page.get_by_text("Der Browser wurde abgelehnt.")).to_be_visible()
    sofia.look("second-device-refused")
    expect(stranger.page.get_by_text("auf Ihrem anderen Gerät abgelehnt")).to_be_visible()
    stranger.look("second-device-refused-there")
