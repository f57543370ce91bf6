"""What colleagues of two hospitals wrote and sent in a case goes into the patient's record: marked, chosen, signed by the
browser's device, examined, and read there as a finding."""

import re
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.talking import begin, in_contact, say

pytestmark = pytest.mark.journey

SOFIA, JONAS = "s.papadopoulos@nordstadt.example", "j.oeztuerk@suedstadt.example"
QUESTION = "Der Gradient ist von 18 auf 31 mmHg gestiegen."
ANSWER = "Bitte morgen früh verlegen, ich sage dem Labor Bescheid."


def test_marked_messages_and_a_file_are_taken_into_the_record(
    browser: Browser, running: Running, tmp_path: Path
) -> None:
    in_contact(running, SOFIA, JONAS)
    sofia, jonas = (Person.at(browser, running, email) for email in (SOFIA, JONAS))
    for person in (sofia, jonas):
        person.enrol()
        person.wait_for_device()
    begin(sofia, "Öztürk", kind="Fall", title="Aortenisthmusstenose")
    say(sofia, QUESTION)
    attach(sofia, echo(tmp_path))
    jonas.go(sofia.page.url.removeprefix(running.url))
    say(jonas, ANSWER)
    expect(sofia.page.locator(".message__text", has_text=ANSWER)).to_be_visible()
    names_record(sofia)
    for at in range(3):
        mark(sofia, at)
    takes_into_the_record(sofia)
    finding_is_read(sofia)
    files_lie_beside_it(sofia)
    jonas_sees_that_it_is_there(jonas)
    assert sofia.faults == []
    for person in (sofia, jonas):
        person.close()


def echo(folder: Path) -> Path:
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    page.cell(0, 10, "Echocardiography")
    path = folder / "Echo.pdf"
    page.output(str(path))
    return path


def attach(person: Person, path: Path) -> None:
    with person.page.expect_file_chooser() as chooser:
        person.page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files(str(path))
    person.page.get_by_role("button", name="Senden", exact=True).click()
    card = person.page.locator(".attachment", has_text=path.name)
    expect(card.get_by_role("button", name="Herunterladen")).to_be_visible()


def names_record(sofia: Person) -> None:
    page = sofia.page
    if page.locator(".details").is_hidden():
        page.get_by_role("button", name="Details").click()
    page.get_by_role("button", name="Akte zuordnen …").click()
    page.get_by_role("searchbox", name="Name oder Patientennummer").fill("CompressedSamples")
    page.get_by_role("radio", name=re.compile("CompressedSamples")).first.check()
    page.get_by_role("button", name="Zuordnen", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def mark(person: Person, at: int) -> None:
    row = person.page.locator(".message").nth(at)
    row.hover()
    row.get_by_role("button", name="Aktionen zu dieser Nachricht").click()
    person.page.get_by_role("menuitem", name="Für die Akte vormerken").click()
    expect(row.get_by_role("button", name="Für die Akte vorgemerkt")).to_be_visible()


def takes_into_the_record(sofia: Person) -> None:
    page = sofia.page
    page.get_by_role("button", name="In die Akte übernehmen …").click()
    dialog = page.get_by_role("dialog", name="In die Akte übernehmen")
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    expect(dialog).to_contain_text("Datei: Echo.pdf")
    sofia.look("record-dialog")
    dialog.get_by_role("button", name="Unterschreiben und übernehmen").click()
    taken = page.get_by_role("dialog", name="In die Akte übernommen")
    expect(taken).to_be_visible(timeout=60_000)
    expect(page.locator("a.mark--recorded")).to_have_count(3)
    sofia.look("record-taken")
    taken.get_by_role("link", name="Befund öffnen").click()
    expect(page).to_have_url(re.compile("/findings/"))


def finding_is_read(sofia: Person) -> None:
    page = sofia.page
    for _each in range(20):
        if page.locator("medicus-document").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    sheet = page.locator("medicus-document")
    expect(sheet.locator("canvas")).to_be_visible()
    for told in (QUESTION, ANSWER, "Echo.pdf", "keine qualifizierte elektronische Signatur"):
        expect(sheet).to_contain_text(told)
    sofia.look("record-finding")


def files_lie_beside_it(sofia: Person) -> None:
    page = sofia.page
    page.get_by_role("link", name="Schließen").click()
    rows = page.locator("#findings .row", has_text="Dokument")
    expect(rows).to_have_count(3)
    sofia.look("record-folder")
    rows.filter(has_text="Echo").get_by_role("link").first.click()
    expect(page.locator("medicus-document")).to_contain_text("Echocardiography")


def jonas_sees_that_it_is_there(jonas: Person) -> None:
    expect(jonas.page.locator(".mark--recorded")).to_have_count(3)
    expect(jonas.page.locator("a.mark--recorded")).to_have_count(0)
    jonas.look("record-other-hospital")
