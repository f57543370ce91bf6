"""Contact requests: one message to a stranger, who accepts, declines with a reason, or passes it on to a role."""

import uuid
from datetime import timedelta

import pytest

from audit.events import Event
from audit.models import AuditEvent
from identity.models import Membership
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.actions import expire_contacts
from messaging.models import ContactRequest, GroupMember
from messaging.states import CONTACT_DAYS
from rota import actions as rota
from rota.actions import RoleWords
from rota.states import FilledBy
from tests.messaging.rooms import Room, claim, leave_packages, make_room, unb64


@pytest.fixture
def held(alice, bob, equipped) -> Room:
    """Alice has begun a direct conversation with Bob of Hospital B, whom she does not know."""
    equipped(alice, bob)
    return make_room(alice, bob, kind="direct", acquainted=False)


def begin(asker, asked, kind="direct"):
    """Begin a conversation with a stranger; the answer to the commit that adds them."""
    leave_packages(asked)
    room = make_room(asker, kind=kind)
    package = unb64(claim(asker, asked, acquainted=False)["claimed"][0]["key_package"])
    return room.post_commit(asker, adds=[package])


def contact(member, room):
    return member.api.get(room.path).json()["contact"]


def answer(member, room, **said):
    return member.api.post(f"{room.path}/contact", said)


def code(response):
    said = response.json()
    return response.status_code, said["code"], said.get("reason")


def events(event, organisation):
    return AuditEvent.objects.filter(event=event, organisation_id=organisation.id).count()


def role_of(adam, *, is_public=True, names_holder=True, name="Cardiology, on call"):
    words = RoleWords(
        name=name,
        description="Questions about hearts",
        department_id=None,
        filled_by=FilledBy.LIST,
        fillers=[adam.membership.id],
        planners=[],
        is_public=is_public,
        names_holder=names_holder,
    )
    return rota.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)


@pytest.fixture
def _bob_administers(bob) -> None:
    Membership.objects.filter(id=bob.membership.id).update(is_admin=True)
    bob.membership.refresh_from_db()


class TestAsking:
    def test_a_stranger_is_asked_by_the_first_commit(self, held, alice, bob):
        for member in (alice, bob):
            shown = contact(member, held)
            assert shown["state"] == "open"
            assert shown["requester_id"] == str(alice.person.id)
            assert (shown["left"], shown["reason"], shown["role"], shown["again_at"]) == (1, "", None, None)
        request = ContactRequest.objects.get()
        assert request.expires_at - request.made_at == timedelta(days=CONTACT_DAYS)
        assert events(Event.CONTACT_REQUEST, alice.organisation) == 1
        assert events(Event.CONTACT_REQUEST, bob.organisation) == 1

    def test_people_of_one_hospital_and_people_in_contact_need_not_ask(self, alice, anton, bob, equipped):
        equipped(alice, anton, bob)
        assert contact(alice, make_room(alice, anton, kind="direct", acquainted=False)) is None
        make_room(alice, bob)
        assert contact(alice, make_room(alice, bob, kind="direct", acquainted=False)) is None

    def test_who_met_in_a_conversation_is_in_contact_until_one_of_them_leaves_it(
        self, alice, bob, charlie, equipped
    ):
        equipped(alice, bob, charlie)
        room = make_room(alice, bob, charlie)
        ContactRequest.objects.all().delete()
        assert contact(bob, make_room(bob, charlie, kind="direct", acquainted=False)) is None
        GroupMember.objects.exclude(group=room.id).update(left_seq=99)
        room.remove(alice, charlie)
        assert begin(bob, charlie).status_code == 201
        assert ContactRequest.objects.get().state == "open"

    @pytest.mark.parametrize("kind", ["team", "case"])
    def test_a_stranger_is_not_brought_into_a_team_or_a_case(self, alice, bob, equipped, kind):
        equipped(alice, bob)
        refused = begin(alice, bob, kind)
        assert code(refused) == (400, "commit-refused", "contact-needed")
        assert refused.json()["people"] == [str(bob.person.id)]
        assert "direct conversation" in refused.json()["detail"]
        assert not ContactRequest.objects.exists()

    def test_nobody_asks_twice(self, held, alice, bob):
        assert code(begin(alice, bob))[2] == "contact-open"
        assert ContactRequest.objects.count() == 1

    def test_who_was_asked_answers_instead_of_asking_back(self, held, alice, bob):
        assert code(begin(bob, alice))[2] == "contact-asks-you"

    def test_only_so_many_requests_wait(self, held, alice, charlie, equipped, monkeypatch):
        equipped(charlie)
        monkeypatch.setattr("messaging.actions.contacts.OPEN_CONTACTS_PER_PERSON", 1)
        assert code(begin(alice, charlie))[2] == "contact-too-many"
        ContactRequest.objects.update(state="expired", decided_at=now())
        assert begin(alice, charlie).status_code == 201


class TestBeforeTheAnswer:
    def test_the_asker_sends_one_message_and_the_other_reads_it(self, held, alice, bob):
        assert held.post(alice).status_code == 201
        assert contact(bob, held)["left"] == 0
        assert [entry["kind"] for entry in held.entries(bob).json()["entries"]] == ["application"]

    def test_a_second_message_is_refused_and_the_first_one_repeated_is_not(self, held, alice):
        message = held.message()
        first = alice.api.post(f"{held.path}/messages", message)
        assert alice.api.post(f"{held.path}/messages", message).json() == first.json()
        assert code(held.post(alice))[:2] == (403, "contact-not-accepted")

    def test_the_other_one_sends_nothing_and_does_not_use_up_the_asker_s_message(self, held, alice, bob):
        assert code(held.post(bob))[:2] == (403, "contact-not-accepted")
        assert held.post(alice).status_code == 201

    def test_nobody_else_comes_in(self, held, alice, anton, bob, equipped):
        equipped(anton)
        held.remove(alice, bob)
        leave_packages(anton)
        package = unb64(claim(alice, anton)["claimed"][0]["key_package"])
        assert code(held.post_commit(alice, adds=[package]))[2] == "contact-not-accepted"

    def test_another_device_of_one_of_the_two_does(self, held, alice, bob):
        bob.add_device()
        held.add(alice, bob, acquainted=False)
        assert len(held.leaves) == 3


class TestTheAnswer:
    def test_accepted_it_is_a_conversation_like_any_other(self, held, alice, bob):
        held.post(alice)
        answered = answer(bob, held, answer="accept")
        assert (answered.status_code, answered.json()["contact"]) == (200, None)
        assert contact(alice, held) is None
        for member in (alice, bob, alice):
            assert held.post(member).status_code == 201
        assert begin(alice, bob, "case").status_code == 201
        for organisation in (alice.organisation, bob.organisation):
            assert events(Event.CONTACT_ACCEPT, organisation) == 1

    def test_it_can_be_accepted_before_anything_is_written(self, held, alice, bob):
        assert answer(bob, held, answer="accept").status_code == 200
        assert held.post(bob).status_code == 201

    def test_declined_it_is_closed_for_ever_and_can_be_asked_again_after_a_week(
        self, held, alice, bob, time_machine
    ):
        held.post(alice)
        assert answer(bob, held, answer="decline", reason="no-capacity").status_code == 200
        shown = contact(alice, held)
        assert (shown["state"], shown["reason"], shown["left"]) == ("declined", "no-capacity", 0)
        for member in (alice, bob):
            assert code(held.post(member))[:2] == (403, "contact-not-accepted")
        refused = begin(alice, bob)
        assert code(refused)[2] == "contact-paused"
        assert refused.json()["again_at"].startswith(shown["again_at"][:19])
        ContactRequest.objects.update(decided_at=now() - timedelta(days=7, seconds=1))
        assert begin(alice, bob).status_code == 201

    def test_who_declined_may_ask_themselves(self, held, alice, bob):
        answer(bob, held, answer="decline")
        assert begin(bob, alice).status_code == 201

    def test_an_unwritten_message_is_not_sent_after_a_decline(self, held, alice, bob):
        answer(bob, held, answer="decline")
        assert contact(alice, held)["left"] == 0
        assert code(held.post(alice))[:2] == (403, "contact-not-accepted")

    @pytest.mark.usefixtures("_bob_administers")
    def test_it_is_passed_on_to_a_role_that_others_may_ask(self, held, alice, bob):
        role = role_of(bob)
        choices = bob.api.get(f"{held.path}/contact").json()["roles"]
        assert choices == [{"id": str(role.id), "name": role.name, "description": role.description}]
        assert answer(bob, held, answer="forward", role_id=str(role.id)).status_code == 200
        shown = contact(alice, held)
        assert (shown["state"], shown["role"]) == ("forwarded", {"id": str(role.id), "name": role.name})
        assert events(Event.CONTACT_FORWARD, alice.organisation) == 1
        assert begin(alice, bob).status_code == 201  # who passed it on may hold the role themselves
        assert alice.api.get(f"/api/v1/roles/{role.id}").status_code == 200

    @pytest.mark.usefixtures("_bob_administers")
    @pytest.mark.parametrize(("is_public", "names_holder"), [(False, False), (True, False)])
    def test_not_to_one_that_others_do_not_find(self, held, bob, is_public, names_holder):
        role = role_of(bob, is_public=is_public, names_holder=names_holder)
        assert bob.api.get(f"{held.path}/contact").json()["roles"] == []
        for role_id in (role.id, uuid.uuid4(), None):
            refused = answer(bob, held, answer="forward", role_id=role_id and str(role_id))
            assert (refused.status_code, list(refused.json()["errors"])) == (400, ["role_id"])

    def test_nor_to_one_of_another_hospital(self, held, adam, bob):
        role = role_of(adam)
        assert answer(bob, held, answer="forward", role_id=str(role.id)).status_code == 400

    def test_an_answer_repeated_changes_nothing_and_another_one_comes_too_late(self, held, bob):
        for _ in range(2):
            assert answer(bob, held, answer="decline", reason="other-way").status_code == 200
        assert code(answer(bob, held, answer="accept"))[:2] == (409, "contact-answered")
        assert code(answer(bob, held, answer="decline", reason="no-capacity"))[:2] == (
            409,
            "contact-answered",
        )
        assert events(Event.CONTACT_DECLINE, bob.organisation) == 1

    def test_only_who_was_asked_answers_and_absent_looks_the_same(self, held, alice, anton, charlie, bob):
        absent = f"/api/v1/groups/{uuid.uuid4()}/contact"
        for member in (alice, anton, charlie):
            refused = answer(member, held, answer="accept")
            assert refused.status_code == 404
            assert refused.content == member.api.post(absent, {"answer": "accept"}).content
            assert member.api.get(f"{held.path}/contact").status_code == 404
        held.remove(alice, bob)
        assert answer(bob, held, answer="accept").status_code == 404

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"answer": "perhaps"},
            {"answer": "decline", "reason": "rude"},
            {"answer": "forward", "role_id": 3},
        ],
    )
    def test_what_is_not_an_answer_is_refused(self, held, bob, said):
        assert answer(bob, held, **said).status_code == 400
        assert contact(bob, held)["state"] == "open"


class TestExpiry:
    def test_without_an_answer_it_ends_after_two_weeks(self, held, alice, bob):
        assert expire_contacts(by=SYSTEM) == 0
        ContactRequest.objects.update(expires_at=now())
        assert code(answer(bob, held, answer="accept"))[:2] == (409, "contact-answered")
        assert [expire_contacts(by=SYSTEM) for _ in range(2)] == [1, 0]
        assert contact(alice, held)["state"] == "expired"
        assert events(Event.CONTACT_EXPIRE, alice.organisation) == 1
        assert code(held.post(alice))[:2] == (403, "contact-not-accepted")

    def test_afterwards_one_may_ask_again(self, held, alice, bob):
        ContactRequest.objects.update(expires_at=now())
        expire_contacts(by=SYSTEM)
        assert begin(alice, bob).status_code == 201

    def test_only_the_service_ends_them(self, alice):
        with pytest.raises(NotFound):
            expire_contacts(by=alice.actor)


def test_the_number_of_queries_does_not_grow_with_requests(
    held, alice, bob, charlie, equipped, django_assert_num_queries
):
    equipped(charlie)
    make_room(alice, charlie, kind="direct", acquainted=False)
    with django_assert_num_queries(12):
        assert len(alice.api.get("/api/v1/groups").json()["groups"]) == 2
