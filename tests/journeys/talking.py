"""Conversations in the journeys: who is in contact, how one begins, and what is said."""

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person
from tests.journeys.running import Running

IN_CONTACT = """
from identity.models import Membership
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.models import ContactRequest, Group
asker, asked = (Membership.objects.get(person__email=email) for email in {emails})
group = Group.objects.create(id=new_id(), kind="direct", created_by_id=asker.person_id, created_at=now())
ContactRequest.objects.create(
    group=group, state="accepted", made_at=now(), expires_at=now(), decided_at=now(),
    requester_id=asker.person_id, requester_organisation_id=asker.organisation_id,
    recipient_id=asked.person_id, recipient_organisation_id=asked.organisation_id,
)
"""


def in_contact(running: Running, *emails: str) -> None:
    """Let two people of different hospitals have been in contact before."""
    running.manage("shell", "-c", IN_CONTACT.format(emails=emails))


def begin(person: Person, name: str, *, kind: str = "Direkt", title: str = "") -> None:
    """Begin a conversation with somebody who is found in the directory."""
    page = person.page
    person.go(f"/directory/?q={name}")
    person.look("directory")
    page.get_by_role("link", name=re.compile("Gespräch beginnen")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_text(kind, exact=True).click()
    if title:
        dialog.get_by_label("Titel").fill(title)
    person.look("new-conversation")
    dialog.get_by_role("button", name="Gespräch beginnen").click()
    expect(page).to_have_url(re.compile("/conversations/[0-9a-f-]{36}/"))


def say(person: Person, text: str) -> None:
    person.page.get_by_placeholder("Nachricht schreiben").fill(text)
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".message__text", has_text=text)).to_be_visible()
