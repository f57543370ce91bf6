"""A hospital and its patient write to each other: invited, set up on a telephone, begun by a clinician, a second one added,
read by all who are named, and closed."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import PHONE, Person
from tests.journeys.running import Running
from tests.journeys.talking import say
from tests.journeys.test_pages import faults_of
from tests.journeys.test_patient_access import come_in, invite
from tests.journeys.test_rota import signed_in

pytestmark = pytest.mark.journey

TITLE = "Ihre Untersuchung am Montag"
QUESTION = "Guten Tag, haben Sie den Fragebogen schon ausgefüllt?"
ANSWER = "Ja. Darf ich am Morgen frühstücken?"
SECOND = "Bitte kommen Sie nüchtern, trinken Sie nur Wasser."


def test_a_hospital_and_its_patient_write_to_each_other(browser: Browser, running: Running) -> None:
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    juergen = signed_in(browser, running, "j.mueller@nordstadt.example")
    for person in (anna, juergen):
        person.wait_for_device()
    anna.go("/patients/?q=1CT1")
    folder = anna.page.get_by_role("link", name=re.compile("CompressedSamples")).get_attribute("href") or ""
    carla = the_patient_sets_up(browser, running, anna, folder)
    conversation = anna_begins(anna, folder)
    carla_answers(carla, conversation)
    juergen_is_added(anna, juergen, conversation)
    carla_sees_who_reads(carla)
    the_conversation_is_closed(anna, carla, folder)
    others_are_refused(juergen, carla, folder, browser, running)
    assert [fault for person in (anna, juergen, carla) for fault in person.faults if "400" not in fault] == []


def the_patient_sets_up(browser: Browser, running: Running, anna: Person, folder: str) -> Person:
    """Before each step the folder says why nobody can write yet."""
    anna.go(folder)
    panel = anna.page.locator("#correspondence")
    expect(panel).to_contain_text("noch keinen eigenen Zugang")
    link, code = invite(anna, folder)
    carla = Person.at(browser, running, "carla@zuhause.example")
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    come_in(carla, link, code)
    anna.go(folder)
    expect(panel).to_contain_text("muss einmal „Nachrichten“ öffnen")
    anna.look("patient-case-folder-waits")
    carla.page.get_by_role("link", name="Nachrichten öffnen").click()
    expect(carla.page.get_by_role("heading", name="Diesen Browser einrichten")).to_be_visible()
    carla.look("patient-messages-explained")
    assert faults_of(carla.page, "/conversations/") == []
    carla.go("/conversations/")
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    carla.page.get_by_role("link", name="Diesen Browser einrichten").click()
    expect(carla.page.get_by_text("Ihr Krankenhaus beginnt ein Gespräch.")).to_be_visible()
    carla.wait_for_device()
    carla.look("patient-messages-empty")
    return carla


def anna_begins(anna: Person, folder: str) -> str:
    page = anna.page
    anna.go(folder)
    anna.look("patient-case-folder")
    page.get_by_role("link", name="Dem Patienten schreiben").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Patient liest mit")
    dialog.get_by_label("Titel").fill(TITLE)
    dialog.get_by_label("Erste Nachricht").fill(QUESTION)
    anna.look("patient-case-begin")
    dialog.get_by_role("button", name="Gespräch beginnen").click()
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/"))
    expect(page.locator(".message__text", has_text=QUESTION)).to_be_visible()
    expect(page.locator(".thread__head")).to_contain_text("Patient liest mit")
    expect(page.locator(".thread__foot .notice--patient")).to_contain_text("liest hier jede Nachricht")
    return page.url.removeprefix(anna.running.url)


def carla_answers(carla: Person, conversation: str) -> None:
    page = carla.page
    carla.go("/")
    expect(page.locator("medicus-own-messages")).to_contain_text("1 ungelesene Nachricht")
    carla.look("patient-home-unread")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Nachrichten öffnen").click()
    page.get_by_role("link", name=re.compile(TITLE)).click()
    expect(page).to_have_url(re.compile(conversation))
    expect(page.locator(".message__text", has_text=QUESTION)).to_be_visible()
    expect(page.locator(".message__who").first).to_contain_text("Klinikum Nordstadt")
    expect(page.get_by_text("Nicht für Notfälle: Rufen Sie dann die 112 an.")).to_be_visible()
    say(carla, ANSWER)
    carla.look("patient-messages")


def juergen_is_added(anna: Person, juergen: Person, conversation: str) -> None:
    page = anna.page
    answer = page.locator(".message", has_text=ANSWER)
    expect(answer.locator(".message__who")).to_contain_text("Patient")
    anna.look("patient-case")
    if page.locator(".details").is_hidden():
        page.get_by_role("button", name="Details").click()
    page.get_by_role("button", name="Person hinzufügen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hier liest ein Patient mit")
    dialog.get_by_role("combobox").fill("Müller")
    dialog.get_by_role("option", name=re.compile("Jürgen Müller")).click()
    dialog.get_by_role("button", name="Hinzufügen", exact=True).click()
    expect(dialog).to_have_count(0)
    juergen.go("/")
    expect(juergen.page.get_by_role("link", name=TITLE)).to_be_visible()
    expect(juergen.page.get_by_text("Patient liest mit").first).to_be_visible()
    juergen.go(conversation)
    expect(juergen.page.locator(".thread__head")).to_contain_text("Patient liest mit")
    expect(juergen.page.locator(".urgent-toggle")).to_be_hidden()
    say(juergen, SECOND)
    expect(juergen.page.locator(".message__text", has_text=QUESTION)).to_have_count(0)
    juergen.look("patient-case-second")


def carla_sees_who_reads(carla: Person) -> None:
    page = carla.page
    said = page.locator(".message", has_text=SECOND)
    expect(said.locator(".message__who")).to_contain_text("Jürgen Müller")
    page.get_by_role("button", name="Details").click()
    people = page.locator(".members")
    for name in ("Anna Brandt", "Jürgen Müller"):
        expect(people).to_contain_text(name)
    carla.look("patient-messages-details")
    # On a telephone they lie over the conversation.
    if (close := page.get_by_role("button", name="Details schließen")).is_visible():
        close.click()


def the_conversation_is_closed(anna: Person, carla: Person, folder: str) -> None:
    page = anna.page
    page.get_by_role("button", name="Fall abschließen …").click()
    page.get_by_role("radio", name="Frage beantwortet").check()
    page.get_by_role("button", name="Abschließen", exact=True).click()
    expect(page.get_by_text("Dieser Fall ist abgeschlossen: Frage beantwortet.")).to_be_visible()
    expect(carla.page.get_by_text("Dieses Gespräch ist beendet.")).to_be_visible()
    expect(carla.page.get_by_placeholder("Nachricht schreiben")).to_be_hidden()
    carla.look("patient-messages-closed")
    anna.go(folder)
    expect(page.locator("#correspondence")).to_contain_text("abgeschlossen")
    expect(page.get_by_role("link", name="Dem Patienten schreiben")).to_be_visible()


def others_are_refused(
    juergen: Person, carla: Person, folder: str, browser: Browser, running: Running
) -> None:
    """Who does not open the folder begins nothing; patients find none of the pages of staff."""
    patient_id = folder.split("/")[2]
    martin = signed_in(browser, running, "m.weiss@suedstadt.example")
    for address in (
        f"/conversations/new/?patient={patient_id}",
        f"/api/v1/patients/{patient_id}/correspondence",
    ):
        assert martin.context.request.get(address).status == 404
        assert carla.context.request.get(address).status == 404
        assert juergen.context.request.get(address).ok
    for address in ("/conversations/new/", "/directory/", "/account/blocked/", folder):
        assert carla.context.request.get(address).status == 404
    for address in ("/", "/conversations/", "/account/"):
        assert faults_of(carla.page, address) == []
    carla.go("/account/")
    carla.look("patient-account")
