"""Sofia has her messages backed up and approves a second browser: what was said before comes along, without the paper of
her recovery kit. She reads it there, answers, and her first browser goes on saving."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import say
from tests.journeys.test_pages import faults_of
from tests.journeys.test_recovery_kit import makes_a_kit
from tests.journeys.test_second_device import RECORDED, another_browser, asks, begin_case

pytestmark = pytest.mark.journey

BEFORE = "Das war vor dem zweiten Gerät."
"""What `begin_case` says."""
SAVED = "Kalium 6,1 bei Zimmer 12."
UNSAVED = "Danke, wird kontrolliert."
ANSWER = "Vom neuen Browser."
LATER = "Das kommt auf beiden an."


def test_the_history_comes_along_with_an_approval(browser: Browser, running: Running) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    for person in (sofia, jonas):
        person.enrol()
        person.wait_for_device()
    makes_a_kit(sofia)
    conversation = begin_case(sofia)
    jonas.go(conversation)
    say(jonas, SAVED)
    expect(sofia.page.locator(".message__text", has_text=SAVED)).to_be_visible()
    turns_the_backup_on(sofia)
    sofia.go(conversation)
    # Comes after the last save: approving saves first.
    say(jonas, UNSAVED)
    expect(sofia.page.locator(".message__text", has_text=UNSAVED)).to_be_visible()
    second = another_browser(browser, sofia, steps=1)
    code = asks(second)
    approves_with_history(sofia, code)
    reads_what_came_along(second, conversation)
    takes_part(sofia, second, jonas, conversation)
    leaves_the_saving_to_the_first(second)
    assert "history-backup:hand-over" in running.manage("shell", "-c", RECORDED)
    assert [*sofia.faults, *second.faults, *jonas.faults] == []
    for person in (sofia, jonas, second):
        person.close()


def turns_the_backup_on(sofia: Person) -> None:
    sofia.go("/account/recovery-kit/")
    sofia.page.get_by_role("button", name="Sicherung einschalten").click()
    expect(sofia.page.get_by_text("2 Nachrichten")).to_be_visible()


def approves_with_history(sofia: Person, code: str) -> None:
    page = sofia.page
    sofia.go("/account/")
    page.locator("#joins .row").get_by_role("link", name=re.compile("Prüfen")).click()
    along = page.get_by_role("checkbox", name="Frühere Nachrichten mitgeben")
    expect(along).to_be_checked()
    address = page.url.removeprefix(sofia.running.url)
    assert faults_of(page, address) == []
    sofia.go(address)
    expect(along).to_be_checked()
    along.scroll_into_view_if_needed()
    sofia.look("history-offered")
    page.get_by_label("Code, den der neue Browser zeigt").fill(code)
    page.get_by_role("button", name="Dieses Gerät bestätigen").click()
    expect(page.get_by_text("Der Browser gehört jetzt zu Ihren Geräten")).to_be_visible()
    expect(page.get_by_text("holt der neue Browser aus Ihrer Sicherung zurück")).to_be_visible()
    sofia.look("history-handed-over")


def reads_what_came_along(second: Person, conversation: str) -> None:
    notice = second.page.get_by_role("region", name="Frühere Nachrichten")
    expect(notice).to_contain_text("3 Nachrichten sind aus Ihrer Sicherung gekommen.")
    expect(notice).to_contain_text("Ihr anderes Gerät sichert weiter.")
    second.look("history-arrived")
    assert faults_of(second.page, "/conversations/") == []
    second.go("/conversations/")
    notice.get_by_role("button", name="Verstanden").click()
    expect(notice).to_be_hidden()
    second.go(conversation)
    for text in (BEFORE, SAVED, UNSAVED):
        expect(second.page.locator(".message__text", has_text=text)).to_be_visible()
    expect(second.page.get_by_text("Dieses Gerät ist dem Gespräch beigetreten.")).to_be_visible()
    expect(second.page.get_by_text("Bitten Sie ein Mitglied")).to_have_count(0)
    expect(notice).to_be_hidden()
    second.look("history-read")


def takes_part(sofia: Person, second: Person, jonas: Person, conversation: str) -> None:
    say(second, ANSWER)
    expect(jonas.page.locator(".message__text", has_text=ANSWER)).to_be_visible()
    say(jonas, LATER)
    sofia.go(conversation)
    for person in (sofia, second):
        expect(person.page.locator(".message__text", has_text=LATER)).to_be_visible()


def leaves_the_saving_to_the_first(second: Person) -> None:
    page = second.page
    second.go("/account/recovery-kit/")
    expect(page.get_by_text("Ein anderes Ihrer Geräte sichert jetzt.")).to_be_visible()
    second.look("history-saved-elsewhere")
    page.get_by_role("button", name="Von diesem Browser aus sichern").click()
    expect(page.get_by_text("Dieser Browser sichert von jetzt an.")).to_be_visible()
