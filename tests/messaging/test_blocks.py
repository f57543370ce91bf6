"""Blocking a person: what closes, what stays open, and what whoever is blocked gets to read."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.actions import forget_blocks_of
from messaging.models import Group
from messaging.models_conduct import Block
from rota import actions as rota
from rota.actions import RoleWords
from rota.states import FilledBy
from tests.messaging.rooms import make_room
from tests.messaging.test_contacts import answer, begin, code, contact

BLOCKS = "/api/v1/me/blocks"


def block(member, other):
    return member.api.post(BLOCKS, {"person_id": str(other.person.id)})


def unblock(member, other):
    return member.api.delete(f"{BLOCKS}/{other.person.id}")


@pytest.fixture
def talk(alice, bob, equipped):
    """A direct conversation of Alice with Bob of another hospital, whom she knows."""
    equipped(alice, bob)
    return make_room(alice, bob, kind="direct")


class TestBlocking:
    def test_closes_direct_conversations_for_both_in_the_words_of_an_unanswered_request(
        self, talk, alice, bob
    ):
        assert [one["name"] for one in block(alice, bob).json()["blocks"]] == [bob.person.name]
        declined = {"status": 403, "code": "contact-not-accepted"}
        for member in (bob, alice):
            refused = talk.post(member).json()
            assert declined.items() <= refused.items()

    def test_says_to_the_blocked_one_word_for_word_what_a_held_conversation_says(
        self, talk, alice, bob, charlie, equipped
    ):
        equipped(charlie)
        held = make_room(charlie, bob, kind="direct", acquainted=False)
        waiting = held.post(bob).json()
        block(alice, bob)
        assert talk.post(bob).json() | {"instance": ""} == waiting | {"instance": ""}

    def test_refuses_new_requests_in_the_words_of_a_declined_one(self, talk, alice, bob, charlie, equipped):
        equipped(charlie)
        asked = make_room(bob, charlie, kind="direct", acquainted=False)
        answer(charlie, asked, answer="decline")
        declined = begin(bob, charlie).json()
        block(alice, bob)
        refused = begin(bob, alice).json()
        assert refused.keys() == declined.keys()
        assert {**refused, "again_at": "", "instance": ""} == {**declined, "again_at": "", "instance": ""}
        again_at = refused["again_at"]
        assert now().isoformat() < again_at <= (now() + timedelta(days=7)).isoformat()
        Block.objects.update(made_at=now() - timedelta(days=20))
        assert begin(bob, alice).json()["again_at"] > now().isoformat()

    def test_stays_unknown_to_whoever_is_blocked(self, talk, alice, bob):
        before = bob.api.get(talk.path).json()
        block(alice, bob)
        assert bob.api.get(talk.path).json() == before
        assert bob.api.get(BLOCKS).json() == {"blocks": []}

    def test_leaves_teams_and_cases_as_they_are(self, talk, alice, bob):
        room = make_room(alice, bob, kind="case")
        block(alice, bob)
        assert room.post(bob).status_code == 201
        assert room.post(alice).status_code == 201

    def test_closes_the_way_round_by_a_new_team(self, talk, alice, bob):
        block(alice, bob)
        assert code(begin(bob, alice, "team"))[2] == "contact-needed"

    def test_never_keeps_an_urgent_message_from_the_holder_of_a_role(self, talk, alice, adam, bob):
        block(alice, bob)
        words = RoleWords(
            name="Cardiology, on call",
            description="",
            department_id=None,
            filled_by=FilledBy.LIST,
            fillers=[alice.membership.id],
            planners=[],
            is_public=True,
            names_holder=True,
        )
        role = rota.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
        rota.take_over(by=alice.actor, role_id=role.id, until=now() + timedelta(hours=1))
        assert begin(bob, alice, "case").status_code == 201
        assert code(begin(bob, alice))[2] == "contact-paused"

    def test_a_colleague_is_blocked_only_where_both_write_to_each_other_directly(
        self, alice, anton, equipped
    ):
        equipped(alice, anton)
        make_room(alice, anton)
        assert block(alice, anton).status_code == 404
        direct = make_room(alice, anton, kind="direct")
        assert block(alice, anton).status_code == 200
        assert code(direct.post(anton))[:2] == (403, "contact-not-accepted")
        assert code(begin(anton, alice))[2] == "contact-paused"

    def test_nobody_blocks_themselves_or_somebody_they_never_met(self, talk, alice, charlie):
        for person_id in (alice.person.id, charlie.person.id, uuid.uuid4()):
            assert alice.api.post(BLOCKS, {"person_id": str(person_id)}).status_code == 404
        assert not Block.objects.exists()

    def test_declines_what_the_blocked_one_asks_and_ends_what_one_asks_them(
        self, alice, bob, charlie, equipped
    ):
        equipped(alice, bob, charlie)
        theirs = make_room(bob, alice, kind="direct", acquainted=False)
        mine = make_room(alice, charlie, kind="direct", acquainted=False)
        for other in (bob, charlie):
            assert block(alice, other).status_code == 200
        assert contact(bob, theirs)["state"] == "declined"
        assert contact(charlie, mine)["state"] == "expired"
        assert code(answer(charlie, mine, answer="accept"))[:2] == (409, "contact-answered")

    def test_tells_whoever_blocks_that_it_is_they_who_did(self, talk, alice, bob):
        block(alice, bob)
        assert code(begin(alice, bob))[2] == "contact-blocked-by-you"

    def test_is_written_in_the_log_without_the_name_of_the_blocked_one(self, talk, alice, bob):
        for _ in range(2):
            block(alice, bob)
        (event,) = AuditEvent.objects.filter(event=Event.PERSON_BLOCK)
        assert event.organisation_id == alice.organisation.id
        assert str(bob.person.id) not in repr(vars(event))


class TestLifting:
    def test_opens_the_conversations_again(self, talk, alice, bob):
        block(alice, bob)
        assert unblock(alice, bob).json() == {"blocks": []}
        for member in (alice, bob):
            assert talk.post(member).status_code == 201
        assert AuditEvent.objects.filter(event=Event.PERSON_UNBLOCK).count() == 1

    def test_keeps_them_closed_while_the_other_one_blocks_too(self, talk, alice, bob):
        block(alice, bob)
        block(bob, alice)
        unblock(alice, bob)
        assert code(talk.post(alice))[:2] == (403, "contact-not-accepted")
        unblock(bob, alice)
        assert talk.post(alice).status_code == 201

    def test_does_not_open_what_a_contact_request_closed(self, alice, bob, equipped):
        equipped(alice, bob)
        held = make_room(bob, alice, kind="direct", acquainted=False)
        block(alice, bob)
        unblock(alice, bob)
        assert code(held.post(bob))[:2] == (403, "contact-not-accepted")
        assert Group.objects.get(id=held.id).held_for_id == bob.person.id

    def test_lifts_only_what_one_has_blocked_oneself(self, talk, alice, bob, charlie):
        block(alice, bob)
        for member in (bob, charlie):
            assert member.api.delete(f"{BLOCKS}/{bob.person.id}").status_code == 404
        assert unblock(bob, alice).status_code == 404
        assert Block.objects.count() == 1

    def test_works_on_the_page_of_the_account(self, talk, alice, bob):
        block(alice, bob)
        page = alice.client.get("/account/blocked/")
        assert bob.person.name in page.content.decode()
        lifted = alice.client.post(f"/account/blocked/{bob.person.id}/lift/")
        assert (lifted.status_code, lifted["location"]) == (302, "/account/blocked/")
        assert not Block.objects.exists()
        assert alice.client.post(f"/account/blocked/{bob.person.id}/lift/").status_code == 404


def test_blocks_go_with_the_person(talk, alice, bob):
    block(alice, bob)
    with pytest.raises(NotFound):
        forget_blocks_of(by=alice.actor, person_id=bob.person.id)
    forget_blocks_of(by=SYSTEM, person_id=bob.person.id)
    assert not Block.objects.exists()


def test_the_list_takes_the_same_number_of_queries_however_long(talk, alice, bob, charlie, equipped):
    equipped(charlie)
    make_room(alice, charlie, kind="direct")
    counts = []
    for other in (bob, charlie):
        block(alice, other)
        with CaptureQueriesContext(connection) as counted:
            assert alice.api.get(BLOCKS).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]
