"""A fresh second factor in the way of a passkey, the notice of a new browser, and the policies, in a real browser."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_account import authenticator
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey
GROW_STALE = """
from datetime import timedelta
from django.contrib.sessions.models import Session
from identity.session_store import SessionStore
from medicus.lib.clock import now
for row in Session.objects.all():
    held = SessionStore(row.session_key)
    if "signed-in" in held:
        held["signed-in"] = held["signed-in"] | {"verified_at": (now() - timedelta(minutes=6)).isoformat()}
        held.save()
"""


def make_recovery_code(person: Person) -> str:
    person.go("/account/recovery-codes/")
    person.page.get_by_role("button", name="Zehn Codes erstellen").click()
    return person.page.locator(".recovery-codes code").first.inner_text()


def test_a_passkey_is_added_after_a_fresh_factor_and_keeps_its_name(sofia: Person, running: Running) -> None:
    page = sofia.page
    authenticator(sofia)
    sofia.go("/account/passkeys/add/")
    page.get_by_label("Name des Passkeys").fill("Dienst-Notebook")
    running.manage("shell", "-c", GROW_STALE)
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_role("heading", name="Bestätigen Sie, dass Sie es sind")).to_be_visible()
    sofia.look("step-up")
    page.locator("input[name=confirm-code]").fill(pyotp.TOTP(sofia.secret).at(int(time.time()) + 30))
    page.get_by_role("button", name="Bestätigen", exact=True).click()
    expect(page.get_by_label("Name des Passkeys")).to_have_value("Dienst-Notebook")
    sofia.look("step-up-done")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_text("Passkey: Dienst-Notebook")).to_be_visible()
    # the page in its own right
    running.manage("shell", "-c", GROW_STALE)
    sofia.go("/account/confirm/?next=/account/")
    assert faults_of(page, "/account/confirm/?next=/account/") == []
    sofia.go("/account/confirm/?next=/account/")
    page.get_by_role("button", name="Passkey benutzen").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/account/$"))


def test_a_sign_in_from_a_new_browser_is_asked_about_and_ended(
    sofia: Person, browser: Browser, running: Running
) -> None:
    code = make_recovery_code(sofia)
    stranger = Person.at(browser, running, sofia.email)
    stranger.give_password()
    stranger.page.get_by_text("Wiederherstellungscode benutzen").click()
    stranger.page.locator("input[name=recovery_code]").fill(code)
    stranger.page.get_by_role("button", name="Weiter mit dem Wiederherstellungscode").click()
    expect(stranger.page).to_have_url(re.compile(r"//[^/]+/$"))
    question = "Anmeldung an Ihrem Konto aus einem neuen Browser: Waren Sie das?"
    expect(stranger.page.get_by_text(question)).to_have_count(0)
    assert faults_of(sofia.page, "/") == []
    sofia.go("/")
    expect(sofia.page.get_by_role("heading", name=question)).to_be_visible()
    sofia.look("sign-in-notice")
    sofia.page.get_by_role("button", name="Das war ich nicht").click()
    expect(sofia.page.get_by_role("heading", name="Passwort ändern")).to_be_visible()
    sofia.look("change-password")
    stranger.go("/directory/")
    expect(stranger.page).to_have_url(re.compile("/sign-in/"))
    stranger.close()
    sofia.go("/account/")
    sofia.look("account-after-dispute")


def save(person: Person, policy: str) -> None:
    panel = person.page.locator(f"section[aria-labelledby='{policy}-title']")
    panel.get_by_role("button", name="Speichern").click()


def test_the_policies_have_no_barrier_and_are_set_back(browser: Browser, running: Running) -> None:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    assert faults_of(stefan.page, "/administration/policies/") == []
    stefan.go("/administration/policies/")
    stefan.page.locator("#idle_minutes-idle_minutes").fill("10")
    save(stefan, "idle_minutes")
    expect(stefan.page.get_by_text("Gespeichert: Abmelden nach Minuten ohne Aktivität.")).to_be_visible()
    stefan.page.locator("#networks-networks").fill("198.51.100.0/24")
    save(stefan, "networks")
    expect(stefan.page.get_by_text("Sie würden sich selbst aussperren").first).to_be_visible()
    stefan.look("policies-refused")
    stefan.go("/administration/policies/")
    stefan.look("policies")
    stefan.page.get_by_role("button", name="Zurück zum Standard").click()
    expect(stefan.page.get_by_role("button", name="Zurück zum Standard")).to_have_count(0)
    assert stefan.faults == [] or all("400" in fault for fault in stefan.faults)
    stefan.close()
