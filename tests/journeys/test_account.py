"""A person's own account in a real browser: recovery codes, and passkeys in Chromium's virtual authenticator."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.journeys.browser import Person
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey


def authenticator(person: Person) -> tuple[CDPSession, str]:
    """Give the person's browser an authenticator that knows its user."""
    cdp = person.context.new_cdp_session(person.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made: Any = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


def touch(cdp: CDPSession, authenticator_id: str, *, present: bool) -> None:
    """Whether somebody touches the authenticator when it asks."""
    cdp.send(
        "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": authenticator_id, "enabled": present}
    )


def sign_out(person: Person) -> None:
    person.page.locator(".topbar__account summary").click()
    person.page.get_by_role("button", name="Abmelden").click()
    expect(person.page).to_have_url(re.compile("/sign-in/"))


def test_the_pages_of_the_account_have_no_barrier(sofia: Person) -> None:
    for path in ("/account/", "/account/passkeys/add/", "/account/recovery-codes/"):
        assert faults_of(sofia.page, path) == []
        sofia.go(path)
        sofia.look(path.strip("/").replace("/", "-"))
    assert sofia.faults == []


def test_recovery_codes_are_shown_once(sofia: Person) -> None:
    sofia.go("/account/recovery-codes/")
    sofia.page.get_by_role("button", name="Zehn Codes erstellen").click()
    codes = sofia.page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    expect(sofia.page.get_by_role("button", name="Drucken")).to_be_visible()
    sofia.look("recovery-codes-shown")
    sofia.page.get_by_role("link", name="Ich habe sie aufbewahrt").click()
    expect(sofia.page.get_by_text("noch 10 Codes")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone_and_after_the_password(sofia: Person) -> None:
    cdp, authenticator_id = authenticator(sofia)
    page = sofia.page
    sofia.go("/account/passkeys/add/")
    page.get_by_label("Name des Passkeys").fill("Dienst-Notebook")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_text("Passkey: Dienst-Notebook")).to_be_visible()
    held: Any = cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator_id})
    assert [one["isResidentCredential"] for one in held["credentials"]] == [True]
    sofia.look("account-with-passkey")
    # signed out, she is back at once: the browser offers the passkey beside the address, and it is touched
    page.locator(".topbar__account summary").click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    touch(cdp, authenticator_id, present=False)
    sign_out(sofia)
    sofia.give_password()
    touch(cdp, authenticator_id, present=True)
    page.get_by_role("button", name="Passkey benutzen").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    sofia.go("/account/")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("Passwort und Passkey")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("Passkey")
    assert sofia.faults == []


def test_an_authenticator_that_does_not_know_its_user_does_not_sign_in(
    browser: Browser, running: Running
) -> None:
    person = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    person.enrol()
    cdp, authenticator_id = authenticator(person)
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator_id, "isUserVerified": False})
    person.go("/account/passkeys/add/")
    person.page.get_by_label("Name des Passkeys").fill("Ohne PIN")
    person.page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(person.page.get_by_text("Der Passkey wurde nicht benutzt.")).to_be_visible()
    assert person.faults == []
    person.close()
