"""A patient asks on a telephone who looked and why; the administrator answers, and the answer stands beside the entry."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import PHONE, Person
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of
from tests.journeys.test_patient_access import come_in, invite
from tests.journeys.test_rota import check, signed_in

pytestmark = pytest.mark.journey
NUMBER, EMAIL = "100871", "kemal@zuhause.example"
QUESTION, ANSWER = (
    "Warum hat Herr Müller in meine Akte gesehen?",
    "Er hat Frau Brandt an diesem Tag vertreten.",
)


def ask(kemal: Person) -> None:
    page = kemal.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    entry = page.locator(".access", has_text="Jürgen Müller").first
    entry.get_by_role("link", name=re.compile("Zu diesem Zugriff nachfragen")).click()
    check(kemal, "inquiry")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_label("Was möchten Sie wissen?").fill(QUESTION)
    page.get_by_role("button", name="Nachfragen").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    expect(page.get_by_text("seit heute offen")).to_be_visible()
    kemal.look("inquiry-asked")


def answer(stefan: Person) -> None:
    page = stefan.page
    stefan.go("/administration/")
    page.get_by_role("link", name="Nachfragen von Patienten zu beantworten").click()
    check(stefan, "inquiries")
    assert "Özdemir" not in page.content()
    page.get_by_label("Antwort an den Patienten").fill(ANSWER)
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_text("Der Patient liest die Antwort neben dem Eintrag.")).to_be_visible()
    check(stefan, "inquiries-answered")


def test_a_patient_asks_and_reads_the_answer(browser: Browser, running: Running) -> None:
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    juergen = signed_in(browser, running, "j.mueller@nordstadt.example")
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    anna.go(f"/patients/?q={NUMBER}")
    folder = anna.page.get_by_role("link", name=re.compile("Özdemir")).get_attribute("href") or ""
    link, code = invite(anna, folder)
    juergen.go(folder)
    kemal = Person.at(browser, running, EMAIL)
    come_in(kemal, link, code)
    ask(kemal)
    answer(stefan)
    kemal.go("/")
    kemal.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(kemal.page.locator(".access", has_text="Jürgen Müller").first).to_contain_text(ANSWER)
    kemal.look("inquiry-answered")
    assert faults_of(kemal.page, "/") == []
    assert [fault for person in (kemal, stefan) for fault in person.faults if "400" not in fault] == []
