"""An urgent message to a role of another hospital: nobody acknowledges in time, the deputy is told and does, and the
sender sees how it went."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running

pytestmark = pytest.mark.journey

QUESTION = "Verdacht auf Basilaristhrombose, CT läuft. Können Sie in zwanzig Minuten mitsehen?"
ROLE = "Rufdienst Neuroradiologie"
DEPUTY = "Hintergrunddienst Neuroradiologie"

ROTA = """
from datetime import timedelta
from identity.models import Membership
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from rota import actions
from rota.actions import RoleWords, Step
from rota.states import FilledBy, Rank
chain = []
for name, email in {holders}:
    member = Membership.objects.get(person__email=email)
    words = RoleWords(
        name=name, description="", department_id=None, filled_by=FilledBy.LIST,
        is_public=True, names_holder=True, fillers=[member.id], planners=[],
    )
    role = actions.create_role(by=SYSTEM, organisation_id=member.organisation_id, words=words)
    if chain:
        actions.set_chain(by=SYSTEM, role_id=role.id, steps=[Step(wait_minutes=15, role_id=chain[-1].id)])
    actions.plan_shift(
        by=SYSTEM, role_id=role.id, membership_id=member.id,
        starts_at=now(), ends_at=now() + timedelta(hours=12), rank=Rank.HOLDER,
    )
    chain.append(role)
"""
"""Each role's chain leads to the one before it."""

NOBODY_IN_TIME = """
from medicus.lib.clock import now
from messaging.models_urgent import UrgentMessage
assert UrgentMessage.objects.filter(state="waiting").update(due_at=now()) == 1
"""


def test_an_urgent_message_climbs_to_the_deputy_of_another_hospital(
    browser: Browser, running: Running
) -> None:
    holders = [(DEPUTY, "j.oeztuerk@suedstadt.example"), (ROLE, "e.demir@suedstadt.example")]
    running.manage("shell", "-c", ROTA.format(holders=holders))
    sofia = Person.at(browser, running, "s.papadopoulos@nordstadt.example")
    jonas = Person.at(browser, running, "j.oeztuerk@suedstadt.example")
    for person in (sofia, jonas):
        person.enrol()
    elif_ = signed_in(browser, running, "e.demir@suedstadt.example")
    for person in (sofia, jonas, elif_):
        person.wait_for_device()
    sofia_writes_to_the_role(sofia)
    elif_is_asked(elif_)
    running.manage("shell", "-c", NOBODY_IN_TIME)
    expect(sofia.page.get_by_text("Nicht bestätigt, weiter an Dr. med. Jonas Öztürk")).to_be_visible()
    sofia.look("urgent-escalated")
    jonas_acknowledges(jonas)
    sofia_sees_how_it_went(sofia)
    expect(elif_.page.get_by_text("Niemand wartet auf Ihre Bestätigung.")).to_be_visible()
    for person in (sofia, jonas, elif_):
        assert person.faults == []
        person.close()


def sofia_writes_to_the_role(sofia: Person) -> None:
    page = sofia.page
    sofia.go("/conversations/new/")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill(ROLE)
    dialog.get_by_role("option", name=re.compile(ROLE)).click()
    expect(dialog.get_by_text("Jetzt im Dienst: Dr. med. Elif Demir")).to_be_visible()
    dialog.get_by_text("Dringend, mit Frist").click()
    expect(dialog.locator(".track li")).to_have_text([re.compile("Elif Demir"), re.compile("Jonas Öztürk")])
    dialog.get_by_label("Ihre Nachricht").fill(QUESTION)
    sofia.look("urgent-new")
    dialog.get_by_role("button", name="Gespräch beginnen").click()
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/"))
    expect(page.get_by_text(f"Sie haben sich an {ROLE}")).to_be_visible()
    expect(page.get_by_text("Dr. med. Elif Demir benachrichtigt")).to_be_visible()
    expect(page.get_by_text("Ohne Bestätigung weiter an Dr. med. Jonas Öztürk")).to_be_visible()
    sofia.look("urgent-waiting")


def elif_is_asked(elif_: Person) -> None:
    elif_.go("/")
    due = elif_.page.get_by_role("region", name="Zu bestätigen")
    expect(due.get_by_role("link", name=QUESTION)).to_be_visible()
    expect(due.locator(".count")).to_have_text("1")
    elif_.look("urgent-home")


def jonas_acknowledges(jonas: Person) -> None:
    page = jonas.page
    jonas.go("/")
    page.get_by_role("region", name="Zu bestätigen").get_by_role("link", name=QUESTION).click()
    asked = page.locator(".message[tabindex='-1']")
    expect(asked.locator(".message__text")).to_have_text(QUESTION)
    jonas.look("urgent-asked")
    asked.get_by_role("button", name="Bestätigen", exact=True).click()
    expect(asked.get_by_text(re.compile("^Von Ihnen bestätigt, "))).to_be_visible()


def sofia_sees_how_it_went(sofia: Person) -> None:
    page = sofia.page
    expect(page.get_by_text("Dringend: bestätigt")).to_be_visible()
    page.locator("summary", has_text="Verlauf").click()
    expect(page.locator(".track li")).to_have_text(
        [
            re.compile(f"Dringend gesendet an {ROLE}"),
            re.compile("Dr. med. Elif Demir benachrichtigt"),
            re.compile("Nicht bestätigt, weiter an Dr. med. Jonas Öztürk"),
            re.compile("Von Dr. med. Jonas Öztürk bestätigt"),
        ]
    )
    sofia.look("urgent-acknowledged")
