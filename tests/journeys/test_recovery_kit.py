"""Sofia prints a recovery kit, has her messages backed up, loses her browser, and comes back in another one: a new device
under the same key, in which she reads what was written before."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.identity.recovery_kits import code as code_of
from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import begin, in_contact, say
from tests.journeys.test_pages import faults_of
from tests.journeys.test_second_device import another_browser

pytestmark = pytest.mark.journey

OTHER = code_of(bytes(32))
"""Whole, but of no kit."""
BEFORE = "Kalium 6,1 bei Zimmer 12."
ANSWER = "Danke, wird kontrolliert."
LATER = "Jetzt 4,8."
HELLO = "Mit neuem Gerät, aber demselben Schlüssel."


def test_a_lost_browser_is_replaced_by_the_kit(browser: Browser, running: Running) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    for person in (sofia, jonas):
        person.enrol()
        person.wait_for_device()
    key = sofia.api("/api/v1/me")["identity_key"]
    code = makes_a_kit(sofia)
    in_contact(running, "j.oeztuerk@suedstadt.example", "s.papadopoulos@nordstadt.example")
    begins_with(jonas, "Vor dem Verlust")
    say(jonas, BEFORE)
    talks_and_backs_up(sofia, jonas)
    sofia.close()
    second = another_browser(browser, sofia, steps=1)
    restores(second, code)
    second.wait_for_device()
    reads_what_was_before(second)
    assert second.api("/api/v1/me")["identity_key"] == key
    begins_with(jonas, "Nach dem Verlust")
    say(jonas, HELLO)
    row = jonas.page.locator(".member", has_text="Sofia")
    expect(row).to_contain_text("2 Geräte")
    expect(row).not_to_contain_text("Schlüssel geändert")
    second.go("/conversations/")
    second.page.get_by_role("link", name=re.compile("Nach dem Verlust")).click()
    expect(second.page.locator(".message__text", has_text=HELLO)).to_be_visible()
    assert [*sofia.faults, *second.faults, *jonas.faults] == []
    for person in (jonas, second):
        person.close()


def makes_a_kit(sofia: Person) -> str:
    page = sofia.page
    sofia.go("/account/")
    expect(page.get_by_text("Wer alle Geräte verliert")).to_be_visible()
    page.get_by_role("link", name="Kit erstellen").click()
    expect(page.get_by_text("Sie haben noch kein Kit.")).to_be_visible()
    assert faults_of(page, "/account/recovery-kit/") == []
    sofia.go("/account/recovery-kit/")
    sofia.look("recovery-kit-begin")
    page.get_by_role("button", name="Kit erstellen").click()
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(13)
    sofia.look("recovery-kit-made")
    code = " ".join(codes.all_inner_texts())
    field = page.get_by_label("Code des Kits")
    field.fill(code[:-1])
    page.get_by_role("button", name="Code prüfen").click()
    expect(page.get_by_text("In Gruppe 13 stimmt ein Zeichen nicht")).to_be_visible()
    field.fill(code.lower())
    page.get_by_role("button", name="Code prüfen").click()
    expect(page.get_by_text("Der Code stimmt und öffnet Ihr Kit.")).to_be_visible()
    sofia.look("recovery-kit-tested")
    return code


def talks_and_backs_up(sofia: Person, jonas: Person) -> None:
    """Some of it is there when the backup is turned on, some comes later."""
    page = sofia.page
    opens(sofia, "Vor dem Verlust")
    expect(page.locator(".message__text", has_text=BEFORE)).to_be_visible()
    say(sofia, ANSWER)
    expect(jonas.page.locator(".message__text", has_text=ANSWER)).to_be_visible()
    sofia.go("/account/recovery-kit/")
    page.get_by_role("button", name="Sicherung einschalten").click()
    expect(page.get_by_text("Die Sicherung ist eingeschaltet.")).to_be_visible()
    expect(page.get_by_text("2 Nachrichten")).to_be_visible()
    assert faults_of(page, "/account/recovery-kit/") == []
    sofia.go("/account/recovery-kit/")
    expect(page.get_by_text("2 Nachrichten")).to_be_visible()
    sofia.look("history-backup-on")
    opens(sofia, "Vor dem Verlust")
    say(jonas, LATER)
    expect(page.locator(".message__text", has_text=LATER)).to_be_visible()
    sofia.go("/account/recovery-kit/")
    page.get_by_role("button", name="Jetzt sichern").click()
    expect(page.get_by_text("3 Nachrichten")).to_be_visible()


def reads_what_was_before(second: Person) -> None:
    opens(second, "Vor dem Verlust")
    for text in (BEFORE, ANSWER, LATER):
        expect(second.page.locator(".message__text", has_text=text)).to_be_visible()
    thread = second.page.get_by_role("region", name=re.compile("Nachrichten mit"))
    expect(thread.get_by_text("Bitten Sie ein Mitglied")).to_be_visible()
    second.look("history-restored")


def opens(person: Person, title: str) -> None:
    person.go("/conversations/")
    person.page.get_by_role("link", name=re.compile(title)).first.click()


def restores(second: Person, code: str) -> None:
    page = second.page
    second.go("/conversations/")
    page.get_by_role("link", name=re.compile("Notfall-Kit benutzen")).click()
    expect(page.get_by_label("Code des Kits")).to_be_visible()
    assert faults_of(page, "/account/recovery-kit/use/") == []
    second.go("/account/recovery-kit/use/")
    second.look("recovery-kit-use")
    page.get_by_label("Code des Kits").fill(OTHER)
    page.get_by_role("button", name="Schlüssel wiederherstellen").click()
    expect(page.get_by_text("Dieser Code öffnet Ihr Kit nicht.")).to_be_visible()
    page.get_by_label("Code des Kits").fill(code)
    page.get_by_role("button", name="Schlüssel wiederherstellen").click()
    expect(page.get_by_text("Ihr Schlüssel ist jetzt in diesem Browser.")).to_be_visible()
    expect(page.get_by_text("3 Nachrichten sind wieder da.")).to_be_visible()
    second.look("recovery-kit-used")
    page.get_by_role("link", name="Weiter").click()


def begins_with(jonas: Person, title: str) -> None:
    begin(jonas, "Papadopoulos", kind="Fall", title=title)
