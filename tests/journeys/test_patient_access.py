"""A patient comes in on a telephone, sees a look at the record appear by itself, and ends a share, which then opens nothing."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import PHONE, Person
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of
from tests.journeys.test_rota import check, signed_in

pytestmark = pytest.mark.journey
EMAIL, PASSWORD = "carla@zuhause.example", "ein Garten voller Buecher"


def share_with_martin(anna: Person, folder: str) -> str:
    """Share the demo's CT; return the address of the finding."""
    page = anna.page
    anna.go("/patients/?q=1CT1")
    page.get_by_role("link", name=re.compile("CompressedSamples")).click()
    finding = page.locator("a[href^='/findings/']").first.get_attribute("href") or ""
    anna.go(f"{folder}?share={finding.split('/')[2]}&q=Weiß#share")
    page.get_by_role("radio", name=re.compile("Martin Weiß")).check()
    page.get_by_label("Zweck").select_option("second-opinion")
    page.locator("#share form[method=post] button[type=submit]").click()
    expect(page.get_by_text(re.compile("Martin Weiß")).first).to_be_visible()
    return finding


def invite(anna: Person, folder: str) -> tuple[str, str]:
    """Invite the patient; return link and code as the page shows them, once."""
    page = anna.page
    anna.go(folder)
    page.get_by_role("link", name=re.compile("Einladen, prüfen, beenden")).click()
    check(anna, "patient-sign-in")
    page.get_by_role("button", name="Einladung anlegen").click()
    code = page.locator("#patient-code").inner_text()
    link = page.get_by_label("Der Link", exact=True).input_value()
    anna.look("patient-invited")
    return link[link.index("/patient-invitation/") :], code


def come_in(carla: Person, link: str, code: str) -> None:
    """From the link to the patient's own page, on a telephone."""
    page = carla.page
    carla.go(link)
    carla.look("patient-link")
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_label("Code vom Krankenhaus").fill("1234 5678" if code != "1234 5678" else "8765 4321")
    account(carla)
    expect(page.get_by_role("alert")).to_contain_text("noch 4 Versuche")
    page.get_by_label("Code vom Krankenhaus").fill(code)
    carla.look("patient-code")
    account(carla)
    expect(page).to_have_url(re.compile("/enrol/"))
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("form button[type=submit].button--primary").click()
    expect(page).to_have_url(re.compile("/account/recovery-codes/"))
    page.get_by_role("link", name="Nicht jetzt").click()
    expect(page.get_by_role("heading", name="Meine Daten")).to_be_visible()


def account(carla: Person) -> None:
    page = carla.page
    page.get_by_label("Ihre E-Mail-Adresse").fill(carla.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()


def test_a_patient_sees_who_looked_and_ends_a_share(browser: Browser, running: Running) -> None:
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    juergen = signed_in(browser, running, "j.mueller@nordstadt.example")
    martin = signed_in(browser, running, "m.weiss@suedstadt.example")
    anna.go("/patients/?q=1CT1")
    folder = anna.page.get_by_role("link", name=re.compile("CompressedSamples")).get_attribute("href") or ""
    finding = share_with_martin(anna, folder)
    link, code = invite(anna, folder)
    carla = Person.at(browser, running, EMAIL)
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    come_in(carla, link, code)
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not carla.page.get_by_text("Jürgen Müller").is_visible()

    juergen.go(folder)
    fresh = carla.page.locator(".access--new", has_text="Jürgen Müller")
    expect(fresh).to_contain_text("Ihre Akte geöffnet")
    expect(fresh.get_by_text("Neu", exact=True)).to_be_visible()
    expect(carla.page.get_by_role("status")).to_contain_text("Jürgen Müller: Ihre Akte geöffnet")
    carla.look("patient-home-live")

    assert martin.context.request.get(finding).status == 200
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    carla.page.get_by_role("button", name=re.compile("Zugriff beenden")).click()
    carla.page.get_by_role("dialog").get_by_role("button", name="Zugriff beenden").click()
    expect(carla.page.get_by_text("Von Ihnen ist nichts geteilt")).to_be_visible()
    assert martin.context.request.get(finding).status == 404

    for path in ("/", "/account/"):
        assert faults_of(carla.page, path) == []
        carla.go(path)
        carla.look(f"patient-{path.strip('/') or 'home'}")
    for closed in ("/patients/", "/directory/", "/conversations/new/", folder):
        assert carla.context.request.get(closed).status == 404
    anna.go(f"{folder}sign-in/")
    check(anna, "patient-level")
    assert [fault for person in (anna, carla) for fault in person.faults if "400" not in fault] == []
