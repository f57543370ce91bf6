"""A second browser of one person: asks, is approved in the first by its code, and takes part; one that is not hers is
refused. A colleague of another hospital sees the new device, and his message arrives on both. A device that the server
invents is found by the log."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, expect

from medicus.lib.clock import now
from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import begin, in_contact, say
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey

BEFORE = "Das war vor dem zweiten Gerät."
AFTER = "Das lesen Sie jetzt auf beiden Geräten."
ANSWER = "Und das kommt vom Telefon."


def test_a_second_browser_joins_and_a_stranger_is_refused(browser: Browser, running: Running) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    for person in (sofia, jonas):
        person.enrol()
        person.wait_for_device()
    conversation = begin_case(sofia)
    jonas.go(conversation)
    expect(jonas.page.locator(".message__text", has_text=BEFORE)).to_be_visible()
    second = another_browser(browser, sofia, steps=1)
    code = asks(second)
    finds_only_her_own(sofia)
    approves(sofia, code)
    both_take_part(sofia, second, jonas, conversation)
    finds_only_her_own(sofia)
    finds_only_her_own(second)
    stranger = another_browser(browser, sofia, steps=2)
    asks(stranger)
    refuses(sofia, stranger)
    is_warned_of_an_invented_device(sofia)
    assert sofia.faults == []
    assert second.faults == []
    assert jonas.faults == []
    for person in (sofia, jonas, second, stranger):
        person.close()


def begin_case(sofia: Person) -> str:
    in_contact(sofia.running, sofia.email, "j.oeztuerk@suedstadt.example")
    begin(sofia, "Öztürk", kind="Fall", title="Konsil Zimmer 12")
    say(sofia, BEFORE)
    return sofia.page.url.removeprefix(sofia.running.url)


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
    expect(
        page.get_by_text("Frühere Nachrichten kommen nur mit, wenn eine Sicherung eingeschaltet ist")
    ).to_be_visible()
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
    expect(page.get_by_text("denn Ihre Sicherung ist aus")).to_be_visible()
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
    expect(page.get_by_text("Frühere Nachrichten bleiben hier.")).to_be_visible()
    sofia.look("second-device-approved")


def both_take_part(sofia: Person, second: Person, jonas: Person, conversation: str) -> None:
    row = second.page.get_by_role("link", name=re.compile("Konsil Zimmer 12"))
    expect(row).to_be_visible()
    notice = second.page.get_by_role("region", name="Frühere Nachrichten")
    expect(notice).to_contain_text("Es kamen keine mit, denn Ihre Sicherung ist aus.")
    second.look("second-device-without-history")
    assert faults_of(second.page, "/conversations/") == []
    second.go("/conversations/")
    notice.get_by_role("button", name="Verstanden").click()
    expect(notice).to_be_hidden()
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


def finds_only_her_own(person: Person) -> None:
    """The log is sealed within seconds; the page checks when it is opened."""

    def checked() -> None:
        person.go("/account/")
        told = person.page.locator("medicus-key-watch")
        expect(told).to_contain_text("nur Ihre Geräte und Schlüssel im Protokoll", timeout=2_000)

    expect_soon(checked)
    assert faults_of(person.page, "/account/") == []


def expect_soon(check: Callable[[], None]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise


INVENT = """
from dataclasses import replace
from django.db import transaction
from audit import actions as audit
from audit.events import Event
from identity import pki
from identity.models import Device
from medicus.lib.actor import SYSTEM
from medicus.lib.ids import new_id

device = Device.objects.filter(person__email="s.papadopoulos@nordstadt.example").latest("created_at")
by = replace(SYSTEM, person_id=device.person_id, organisation_id=device.organisation_id)
device.id, device.name, device.mls_thumbprint = new_id(), "Chrome, Windows", "x" * 43
device.certificate = bytes(device.certificate)[:-1] + bytes(1)
with transaction.atomic():
    device.save(force_insert=True)
    details = {"certificate": pki.certificate_hash(device.certificate)}
    audit.record(Event.DEVICE_REGISTER, by=by, subject=f"device/{device.id}", details=details)
"""


def is_warned_of_an_invented_device(sofia: Person) -> None:
    page = sofia.page
    sofia.running.manage("shell", "-c", INVENT)

    def warned() -> None:
        sofia.go("/account/")
        expect(page.get_by_role("alert")).to_contain_text("das dieser Browser nicht kennt", timeout=2_000)

    expect_soon(warned)
    expect(page.get_by_role("alert")).to_contain_text("Chrome, Windows")
    sofia.look("key-watch-account")
    assert faults_of(page, "/account/") == []
    sofia.go("/conversations/")
    expect(page.get_by_role("alert")).to_contain_text("das dieser Browser nicht kennt")
    sofia.look("key-watch-conversations")
    assert faults_of(page, "/conversations/") == []
    sofia.go("/conversations/")
    page.get_by_role("link", name="Ansehen und antworten").click()
    page.get_by_role("link", name="Gerät widerrufen").click()
    expect(page.get_by_text("Chrome, Windows")).to_be_visible()
    page.get_by_role("button", name="Endgültig widerrufen").click()
    expect(page.get_by_role("alert")).to_contain_text("Es ist inzwischen widerrufen")
    sofia.look("key-watch-revoked")
    page.locator("medicus-key-watch").get_by_role("button", name="Erledigt").click()
    expect(page.locator("medicus-key-watch .notice")).to_have_count(0)
    assert "key-log:doubt" in sofia.running.manage("shell", "-c", RECORDED)


RECORDED = "from audit.models import AuditEvent as A; print(list(A.objects.values_list('event', flat=True)))"


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
