"""The main job: two hospitals, two browsers, one encrypted conversation with a CT image in it, and a finding that
is shared, opened and taken back. In both ways to run; afterwards nothing of it stands anywhere in clear."""

import hashlib
import json
import re
import sqlite3
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, expect
from pydicom.data import get_testdata_file

from medicus.lib.clock import now
from tests.journeys import running as ways
from tests.journeys import scan
from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.talking import begin, say

pytestmark = pytest.mark.journey

QUESTION = "Guten Tag, darf ich Sie bei Fällen aus unserer Neurologie ansprechen?"
WELCOME = "Gern, schreiben Sie mir jederzeit."
SENTENCE = "Frau Mümmelmeier aus Zimmer 4711 braucht ein Konsil wegen der Raumforderung."
ANSWER = "Danke, ich sehe mir die Bilder sofort an und melde mich."
OFFLINE = "Während Sie kein Netz hatten: bitte nüchtern lassen."
CT = Path(str(get_testdata_file("CT_small.dcm")))


@pytest.mark.parametrize("start", [ways.one_machine, ways.production], ids=lambda way: way.__name__)
def test_two_hospitals_two_browsers_one_encrypted_conversation(
    start: Callable[[Path], Running], browser: Browser, tmp_path: Path
) -> None:
    running = start(tmp_path)
    try:
        sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
        jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
        both_set_up(sofia, jonas)
        they_get_in_contact(sofia, jonas)
        conversation = sofia_begins(sofia)
        jonas_reads_and_answers(sofia, jonas, conversation)
        jonas_was_offline(sofia, jonas, conversation)
        the_ct_arrives_whole(sofia, jonas)
        finding = sofia_files_and_shares(sofia)
        jonas_opens_it_until_it_is_taken_back(sofia, jonas, finding)
        the_admin_sees_the_events(browser, running)
        assert sofia.faults == []
        assert [
            fault for fault in jonas.faults if "404" not in fault and "ERR_INTERNET_DISCONNECTED" not in fault
        ] == []
        the_log_proves_itself(running)
        nothing_stands_in_clear(running)
    finally:
        running.stop()


def both_set_up(*people: Person) -> None:
    for person in people:
        person.enrol()
        person.wait_for_device()
        person.look("home-empty")


def they_get_in_contact(sofia: Person, jonas: Person) -> None:
    begin(sofia, "Öztürk")
    say(sofia, QUESTION)
    expect(sofia.page.get_by_text("Anfrage gesendet")).to_be_visible()
    sofia.look("contact-asked")
    jonas.go("/")
    expect(jonas.page.get_by_text("möchte mit Ihnen ins Gespräch kommen").first).to_be_visible()
    jonas.look("home-contact")
    jonas.go(sofia.page.url.removeprefix(sofia.running.url))
    expect(jonas.page.locator(".message__text", has_text=QUESTION)).to_be_visible()
    jonas.look("contact-request")
    jonas.page.get_by_role("button", name="Annehmen").click()
    say(jonas, WELCOME)
    expect(sofia.page.locator(".message__text", has_text=WELCOME)).to_be_visible()


def sofia_begins(sofia: Person) -> str:
    begin(sofia, "Öztürk", kind="Fall", title="Konsil Neurologie, Zimmer 4711")
    say(sofia, SENTENCE)
    return sofia.page.url.removeprefix(sofia.running.url)


def jonas_reads_and_answers(sofia: Person, jonas: Person, conversation: str) -> None:
    jonas.go("/")
    expect(jonas.page.get_by_text("Konsil Neurologie, Zimmer 4711")).to_be_visible()
    jonas.look("home")
    jonas.go(conversation)
    expect(jonas.page.locator(".message__text", has_text=SENTENCE)).to_be_visible()
    expect(jonas.page.get_by_text("Klinikum Nordstadt").first).to_be_visible()
    expect(sofia.page.locator(".receipt", has_text="esehen").last).to_be_visible()
    say(jonas, ANSWER)
    answer = sofia.page.locator(".message", has_text=ANSWER)
    answer.hover()
    answer.get_by_role("button", name="Aktionen zu dieser Nachricht").click()
    sofia.page.get_by_role("menuitemcheckbox", name="Erledigt").click()
    expect(jonas.page.get_by_role("button", name="Erledigt: ")).to_be_visible()


def jonas_was_offline(sofia: Person, jonas: Person, conversation: str) -> None:
    jonas.go("about:blank")
    say(sofia, OFFLINE)
    own = sofia.page.locator(".message", has_text=OFFLINE)
    expect(own.locator(".receipt")).to_contain_text("Gesendet")
    jonas.go(conversation)
    expect(jonas.page.locator(".message__text", has_text=OFFLINE)).to_be_visible()
    expect(own.locator(".receipt")).to_contain_text("esehen")
    texts = [text.strip() for text in jonas.page.locator(".message__text").all_inner_texts()]
    assert [text for text in texts if text in {SENTENCE, ANSWER, OFFLINE}] == [SENTENCE, ANSWER, OFFLINE]


def the_ct_arrives_whole(sofia: Person, jonas: Person) -> None:
    with sofia.page.expect_file_chooser() as chooser:
        sofia.page.get_by_role("button", name="Datei anhängen").click()
    chooser.value.set_files(str(CT))
    sofia.page.get_by_role("button", name="Senden", exact=True).click()
    card = jonas.page.locator(".attachment", has_text=CT.name)
    expect(card).to_be_visible()
    with jonas.page.expect_download() as download:
        card.get_by_role("button", name="Herunterladen").click()
    assert Path(str(download.value.path())).read_bytes() == CT.read_bytes()
    card.get_by_role("button", name="Bild ansehen").click()
    viewer = jonas.page.locator("medicus-dicom-viewer")
    shows_the_ct(viewer)
    jonas.look("attachment-preview")
    jonas.page.keyboard.press("Escape")
    sofia.look("conversation")
    jonas.look("conversation-answered")


def shows_the_ct(viewer) -> None:
    """The picture is drawn: patient banner, not for primary diagnosis, and a canvas that is not of one colour."""
    expect(viewer).to_contain_text("CompressedSamples")
    expect(viewer).to_contain_text("Nicht für die Primärbefundung")
    canvas = viewer.locator("canvas").first
    expect(canvas).to_be_visible()
    expect(viewer.locator(".viewer__overlay")).to_contain_text(re.compile(r"\d"))
    values = canvas.evaluate(
        "canvas => { const copy = document.createElement('canvas'); copy.width = copy.height = 64;"
        " const context = copy.getContext('2d'); context.drawImage(canvas, 0, 0, 64, 64);"
        " return new Set(context.getImageData(0, 0, 64, 64).data).size }"
    )
    assert values > 16, f"the picture has only {values} grey values"


def sofia_files_and_shares(sofia: Person) -> str:
    page = sofia.page
    sofia.go("/patients/")
    page.get_by_role("link", name=re.compile("CompressedSamples")).first.click()
    page.locator("input[type=file]").set_input_files(str(CT))
    uploaded = page.locator("#findings .row", has_text="CT")
    expect(uploaded).to_have_count(2)  # the demo's and this one
    expect(page.locator("#findings [data-busy]")).to_have_count(0)
    sofia.look("patient")
    page.locator("#findings .row").first.get_by_role("link", name=re.compile("eilen|eigeben")).click()
    page.locator("#share-q").fill("Öztürk")
    page.get_by_role("button", name="Suchen").click()
    page.locator("select[name=purpose]").select_option("second-opinion")
    page.locator("input[name=day]").fill((now() + timedelta(days=7)).date().isoformat())
    sofia.look("share")
    page.locator("#share").get_by_role("button", name=re.compile("eilen|eigeben")).click()
    expect(page.locator("#shares")).to_contain_text("Jonas Öztürk")
    sofia.look("shared")
    return page.url


def jonas_opens_it_until_it_is_taken_back(sofia: Person, jonas: Person, folder: str) -> None:
    jonas.go("/shared/")
    jonas.look("shared-with-me")
    jonas.page.locator("main a[href^='/findings/']").first.click()
    viewer = jonas.page.locator("medicus-dicom-viewer")
    shows_the_ct(viewer)
    jonas.look("finding")
    address = jonas.page.url.removeprefix(jonas.running.url)
    file = address.replace("/findings/", "/api/v1/findings/") + "file"
    content = jonas.context.request.get(file).body()
    assert hashlib.sha256(content).digest() == hashlib.sha256(CT.read_bytes()).digest()
    # … while it is open at Jonas's
    sofia.page.locator("#shares").get_by_role("button", name=re.compile("Zugriff beenden")).first.click()
    sofia.page.get_by_role("dialog").get_by_role("button", name="Zugriff beenden").click()
    expect(viewer).to_contain_text("Zugriff beendet", timeout=10_000)
    expect(jonas.page.get_by_text("CompressedSamples")).to_have_count(0)
    expect(jonas.page).to_have_title("Zugriff beendet – Medicus")
    expect(jonas.page.get_by_role("link", name="Herunterladen")).to_have_count(0)
    jonas.look("access-ended")
    unknown = file.replace(address.split("/")[2], "01900000-0000-7000-8000-00000000dead")
    refused, absent = jonas.context.request.get(file), jonas.context.request.get(unknown)
    assert (refused.status, refused.body()) == (absent.status, absent.body())
    assert refused.status == 404


def the_admin_sees_the_events(browser: Browser, running: Running) -> None:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    stefan.go("/audit/")
    expect(stefan.page.get_by_role("table")).to_be_visible()
    stefan.look("audit")
    listed = stefan.api("/api/v1/audit/events?limit=200")
    seen = set(re.findall(r"[a-z-]+:[a-z-]+", json.dumps(listed)))
    expected = {"group:create", "group:commit", "message:accept", "attachment:store", "attachment:read", "finding:receive",
                "finding:clean", "finding:share", "finding:read", "finding:unshare", "device:register", "identity-key:certify"}  # fmt: skip
    assert expected <= seen, expected - seen
    assert stefan.faults == []
    stefan.close()


def the_log_proves_itself(running: Running) -> None:
    """The export verifies; after one row changed by SQL, the database's own verification names it."""
    export = running.folder / "export.ndjson"
    running.manage("audit", "export", str(export))
    running.manage("audit", "verify", str(export))
    running.manage("audit", "verify")
    event_id = tamper(running)
    with pytest.raises(AssertionError, match=event_id):
        running.manage("audit", "verify")


def tamper(running: Running) -> str:
    """Give one event another purpose, as an administrator with SQL could; return its id."""
    where = "WHERE event = 'finding:share'"
    if "DATABASE_URL" in running.environment:
        with psycopg.connect(running.environment["DATABASE_URL"], autocommit=True) as postgres:
            postgres.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
            row = postgres.execute(f"SELECT event_id, canonical FROM audit_auditevent {where}").fetchone()
            assert row
            changed = bytes(row[1]).replace(b"second-opinion", b"first-opinion")
            postgres.execute(
                "UPDATE audit_auditevent SET canonical = %s WHERE event_id = %s", (changed, row[0])
            )
            return str(row[0])
    with sqlite3.connect(running.folder / "var" / "medicus.sqlite3") as file:
        file.execute("DROP TRIGGER audit_auditevent_no_update")
        found, canonical = file.execute(
            f"SELECT event_id, canonical FROM audit_auditevent {where}"
        ).fetchone()
        changed = bytes(canonical).replace(b"second-opinion", b"first-opinion")
        file.execute("UPDATE audit_auditevent SET canonical = ? WHERE event_id = ?", (changed, found))
        return str(uuid.UUID(found))


def nothing_stands_in_clear(running: Running) -> None:
    pixels = CT.read_bytes()[-20_000:]
    secrets = {
        "the sentence": SENTENCE.encode()[5:40],
        "the answer": ANSWER.encode()[:32],
        "the title": b"Konsil Neurologie, Zimmer",
        "the file": pixels[9_000:9_032],
        "the file's end": pixels[15_000:15_032],
    }
    assert scan.hits(running, secrets) == []
    for canary in (SENTENCE.encode(), CT.read_bytes()):
        planted = running.folder / "var" / "planted"
        planted.write_bytes(b"before " + canary + b" after")
        assert scan.hits(running, secrets), "the scan would not find it"
        planted.unlink()
