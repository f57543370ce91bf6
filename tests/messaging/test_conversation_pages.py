"""The pages of conversations: shells that know who is reading, and with whom a new conversation is wanted."""

import uuid

import pytest
from django.test import Client

from tests.cast import Member

pytestmark = pytest.mark.django_db


def test_alice_gets_the_workspace_with_her_own_id_and_no_conversation_in_it(alice: Member) -> None:
    page = alice.client.get("/conversations/")

    text = page.content.decode()
    assert page.status_code == 200
    assert f'<medicus-conversations person="{alice.person.id}">' in text
    assert "<noscript>" in text


def test_the_page_of_a_conversation_is_the_same_for_every_id(alice: Member) -> None:
    one, other = (alice.client.get(f"/conversations/{uuid.uuid4()}/").content for _ in range(2))

    assert (
        one.partition(b"<main")[2].partition(b"</main>")[0]
        == other.partition(b"<main")[2].partition(b"</main>")[0]
    )


def test_alice_begins_with_bob_whom_the_directory_shows_her(alice: Member, bob: Member) -> None:
    text = alice.client.get(f"/conversations/new/?person={bob.person.id}").content.decode()

    assert f' new invite="{bob.person.id}" invite-name="{bob.person.name}"' in text
    assert "invite-verified" in text
    assert "invite-reachable" not in text


@pytest.mark.parametrize("person", ["", "no-id", str(uuid.UUID(int=1))])
def test_an_address_that_names_nobody_opens_the_dialog_empty(alice: Member, person: str) -> None:
    text = alice.client.get(f"/conversations/new/?person={person}").content.decode()

    assert " new>" in text
    assert "invite=" not in text


def test_alice_cannot_learn_a_name_that_the_directory_hides_from_her(alice: Member, bob: Member) -> None:
    bob.organisation.verified_at = None
    bob.organisation.save()

    text = alice.client.get(f"/conversations/new/?person={bob.person.id}").content.decode()

    assert bob.person.family_name not in text


def test_strangers_are_sent_to_sign_in(db: None) -> None:

    page = Client().get("/conversations/")

    assert page.status_code == 302
    assert page["Location"].startswith("/sign-in/")
