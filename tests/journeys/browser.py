"""A person at a browser: signs in as people do, with what the pages show them."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.journeys.running import DEMO_PASSWORD, Running

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PASSWORD = "ein langer neuer Satz als Passwort"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}

expect.set_options(timeout=30_000)


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium; Playwright's own is never downloaded."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)


@dataclass
class Person:
    """Somebody with a browser of their own. `faults` collects what the page complained about in its console."""

    running: Running
    context: BrowserContext
    page: Page
    email: str
    secret: str = ""
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, running: Running, email: str) -> "Person":
        context = browser.new_context(
            viewport=DESK, locale="de-DE", base_url=running.url, accept_downloads=True
        )  # type: ignore[arg-type]
        page = context.new_page()
        person = cls(running, context, page, email)
        page.on("console", lambda message: person._heard(message.type, message.text))
        page.on("pageerror", lambda error: person._heard("error", str(error)))
        return person

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.faults.append(text)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def look(self, name: str) -> None:
        """Keep a screenshot where `MEDICUS_SCREENSHOTS` names a folder: desk and phone."""
        folder = os.environ.get("MEDICUS_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        for size, viewport in (("desk", DESK), ("phone", PHONE)):
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            self.page.wait_for_timeout(250)
            self.page.screenshot(path=f"{folder}/{name}-{size}.png")
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def give_password(self) -> None:
        self.go("/sign-in/")
        self.page.get_by_label("E-Mail").fill(self.email)
        self.page.get_by_label("Passwort").fill(DEMO_PASSWORD)
        self.look("sign-in")
        self.page.get_by_role("button", name="Weiter").click()

    def enrol(self) -> None:
        """Set up the second factor with the secret on the page; until then nothing else is reachable."""
        self.give_password()
        expect(self.page).to_have_url(re.compile("/enrol/"))
        for closed in ("/", "/directory/", "/conversations/", "/patients/"):
            self.go(closed)
            expect(self.page).to_have_url(re.compile("/enrol/"))
        assert self.context.request.get("/api/v1/me").status == 401
        expect(self.page.locator(".qr img")).to_be_visible()
        self.look("enrolment")
        self.secret = self.page.locator("#secret").inner_text().replace(" ", "")
        self.page.locator("input[name=code]").fill(pyotp.TOTP(self.secret).now())
        self.page.locator("form button[type=submit].button--primary").click()
        expect(self.page).to_have_url(re.compile("/account/recovery-codes/"))
        self.page.get_by_role("link", name="Nicht jetzt").click()
        expect(self.page).to_have_url(re.compile(r"//[^/]+/$"))

    def begin(self, link: str) -> None:
        """Enter by an invitation: a password, and the second factor from the secret on the page."""
        page = self.page
        self.go(link)
        page.get_by_role("button", name="In diesem Browser beginnen").click()
        page.get_by_label("Passwort", exact=True).fill(PASSWORD)
        page.get_by_label("Passwort wiederholen").fill(PASSWORD)
        page.get_by_role("button", name="Weiter").click()
        self.enrol_app()

    def enrol_app(self) -> None:
        """Set up the app from the secret on the page, and leave the recovery codes for later."""
        page = self.page
        self.secret = page.locator("#secret").inner_text().replace(" ", "")
        page.locator("input[name=code]").fill(pyotp.TOTP(self.secret).now())
        page.get_by_role("button", name="Bestätigen und anmelden").click()
        expect(page).to_have_url(re.compile("/account/recovery-codes/"))
        page.get_by_role("link", name="Nicht jetzt").click()

    def wait_for_device(self) -> None:
        """Until the browser has made its keys and colleagues can reach it."""
        deadline = time.monotonic() + 90
        while True:
            answer = self.context.request.get("/api/v1/key-packages")
            if answer.ok and answer.json()["available"] > 0:
                return
            assert time.monotonic() < deadline, (answer.status, answer.text(), self.faults)
            self.page.wait_for_timeout(250)

    def api(self, path: str) -> Any:
        answer = self.context.request.get(path)
        assert answer.ok, (path, answer.status)
        return answer.json()

    def close(self) -> None:
        self.context.close()


def signed_in(browser: Browser, running: Running, email: str) -> Person:
    """Somebody of the demo hospitals, whose second factor is set up anew."""
    running.manage("person", "reset_second_factor", email)
    person = Person.at(browser, running, email)
    person.enrol()
    return person
