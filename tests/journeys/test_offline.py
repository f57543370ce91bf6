"""On a ward without a network: one writes on, sees what waits, and everything arrives once and in order when it is back."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import begin, in_contact, say

pytestmark = pytest.mark.journey

ASKED = "Was sagt das EKG?"
WRITTEN = ("Kalium 6,8, EKG folgt.", "EKG: spitze T-Wellen.", "Wir geben Calcium.")


def test_what_is_written_without_a_network_arrives_once_and_in_order(
    browser: Browser, running: Running
) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    in_contact(running, sofia.email, jonas.email)
    for person in (sofia, jonas):
        person.enrol()
    for person in (sofia, jonas):
        person.wait_for_device()
    begin(sofia, "Öztürk", kind="Team", title="Dialyse")
    say(sofia, "Wir melden uns.")
    jonas.go("/conversations/")
    jonas.page.get_by_role("link", name=re.compile("Dialyse")).click()
    expect(jonas.page.locator(".message__text", has_text="Wir melden uns.")).to_be_visible()
    sofia_writes_without_a_network(sofia)
    say(jonas, ASKED)
    asked = sofia.page.locator(".message__text", has_text=ASKED)
    expect(asked).to_have_count(0)
    expect(jonas.page.locator(".message__text", has_text=WRITTEN[0])).to_have_count(0)
    sofia.context.set_offline(False)
    expect(asked).to_be_visible()
    expect(jonas.page.locator(".message__text", has_text=WRITTEN[-1])).to_be_visible()
    for person in (sofia, jonas):
        told = person.page.locator(".message__text").all_inner_texts()
        assert [text for text in told if text in WRITTEN] == list(WRITTEN)
        assert told.count(ASKED) == 1
    expect(sofia.page.get_by_text("Keine Verbindung. Sie können weiterschreiben.")).to_be_hidden()
    for person in (sofia, jonas):
        person.close()


def sofia_writes_without_a_network(sofia: Person) -> None:
    page = sofia.page
    sofia.context.set_offline(True)
    expect(page.get_by_text("Keine Verbindung. Sie können weiterschreiben.")).to_be_visible()
    for text in WRITTEN:
        say(sofia, text)
    waits = page.locator("details.waiting")
    waits.locator("summary", has_text="3 Nachrichten").click()
    expect(waits.get_by_role("listitem")).to_have_count(3)
    sofia.look("offline")
