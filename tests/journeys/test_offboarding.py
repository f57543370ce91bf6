"""Two clinicians in a conversation; the admin offboards one of them. What each of the three sees, second by second."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import running as ways
from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.talking import in_contact, say
from tests.journeys.test_main_path import both_set_up, sofia_begins
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey

EXPECTED_SECONDS = 6.0


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = ways.one_machine(tmp_path)
    yield started
    started.stop()


def test_she_is_told_calmly_he_goes_on_without_her_and_the_admin_holds_the_proof(
    running: Running, browser: Browser
) -> None:
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    both_set_up(sofia, jonas)
    in_contact(running, sofia.email, jonas.email)
    conversation = sofia_begins(sofia)
    jonas.go(conversation)
    say(jonas, "Ich bin da.")
    expect(sofia.page.locator(".message__text", has_text="Ich bin da.")).to_be_visible()
    work_list = sofia.context.new_page()
    work_list.goto("/patients/")

    stefan = admin_prepares(browser, running)
    clicked = admin_offboards(stefan)
    she_is_told(sofia, clicked)
    work_list.reload()
    expect(work_list.get_by_role("heading", name="Ihr Zugang ist beendet")).to_be_visible()
    he_goes_on(jonas, conversation)
    nothing_reaches_her(sofia, conversation)
    the_sheet_proves_itself(stefan, running)
    assert stefan.faults == []
    assert jonas.faults == []


def admin_prepares(browser: Browser, running: Running) -> Person:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    stefan.go("/administration/people/?q=papadopoulos")
    stefan.page.locator("a.person__name").first.click()
    stefan.look("offboarding-person")
    stefan.page.get_by_role("link", name="Austritt vorbereiten").click()
    page = stefan.page
    expect(page.get_by_role("heading", name="Das wird geschehen")).to_be_visible()
    page.get_by_label("Vertretung nach Namen suchen").fill("brandt")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_label("Vertretung", exact=True).select_option(label="Dr. med. Anna Brandt, Kardiologie")
    stefan.look("offboarding-preview")
    address = page.url
    assert faults_of(page, address) == []
    page.goto(address)
    return stefan


def admin_offboards(stefan: Person) -> float:
    """Fill in again what the barrier's test has loaded anew, and press; return when."""
    page = stefan.page
    page.get_by_label("Vertretung", exact=True).select_option(label="Dr. med. Anna Brandt, Kardiologie")
    page.get_by_role("button", name="Austritt durchführen").click()
    stefan.look("offboarding-question")
    clicked = time.monotonic()
    page.get_by_role("dialog").get_by_role("button", name="Austritt durchführen").click()
    expect(page.get_by_role("heading", name="Nachweisblatt eines Austritts")).to_be_visible()
    return clicked


def she_is_told(sofia: Person, clicked: float) -> None:
    pane = sofia.page.locator(".engine-pane")
    expect(pane).to_contain_text("Ihr Zugang ist beendet", timeout=60_000)
    assert time.monotonic() - clicked <= EXPECTED_SECONDS + 2  # two screenshots are between
    expect(pane).to_contain_text("Klinikum Nordstadt")
    sofia.look("offboarding-her-page")
    assert sofia.context.request.get("/api/v1/me").status == 401


def he_goes_on(jonas: Person, conversation: str) -> None:
    """She is out of the group before anything more can be sent: his browser has removed her by itself."""
    page = jonas.page
    left = page.locator(".thread__mark", has_text="Der Zugang von Sofia Papadopoulos ist beendet")
    expect(left).to_contain_text("Vertretung: Dr. med. Anna Brandt")
    expect(page.get_by_text("Außer Ihnen nimmt niemand an diesem Gespräch teil.")).to_be_visible()
    jonas.look("offboarding-his-conversation")
    listed = jonas.api(f"/api/v1/groups/{group_of(conversation)}")["members"]
    assert [member["name"] for member in listed] == ["Dr. med. Jonas Öztürk"]


def nothing_reaches_her(sofia: Person, conversation: str) -> None:
    path = f"/api/v1/groups/{group_of(conversation)}/entries?since=0"
    assert sofia.context.request.get(path).status == 401


def group_of(conversation: str) -> str:
    return re.sub(r"^/conversations/|/$", "", conversation)


def the_sheet_proves_itself(stefan: Person, running: Running) -> None:
    page = stefan.page
    expect(page.locator("#sheet .badge--good")).to_contain_text("versiegelt")
    stefan.look("offboarding-sheet")
    assert faults_of(page, page.url) == []
    links = page.locator("#sheet td a[download]")
    assert links.count() >= 9
    for link in links.all():
        address = str(link.get_attribute("href"))
        file = running.folder / "line.proof"
        file.write_bytes(stefan.context.request.get(address).body())
        running.manage("audit", "verify", str(file))
    pdf = page.locator("#sheet .form__actions a[download]").get_attribute("href")
    answer = stefan.context.request.get(str(pdf))
    assert answer.body().startswith(b"%PDF-")
    (running.folder / "sheet.pdf").write_bytes(answer.body())
    seconds = [
        float(text.replace(",", ".").split()[0])
        for text in page.locator("#sheet td:has(time)").all_inner_texts()
    ]
    assert max(seconds) <= EXPECTED_SECONDS
