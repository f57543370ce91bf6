"""Legal holds: an administrator stops the expiry, everybody sees it, and a second act lifts it."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.events import Event
from identity.models import Membership
from medicus.lib.clock import now
from messaging.models import Hold
from tests.messaging.ageing import START, Rows, bodies, close, events, retention, run, written
from tests.messaging.rooms import Room, make_room

HOLDS = "/api/v1/administration/legal-holds"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False):
        yield Rows()


@pytest.fixture
def case(alice, bob, equipped) -> Room:
    equipped(alice, bob)
    return make_room(alice, bob, kind="case")


@pytest.fixture
def talk(alice, bob, equipped) -> Room:
    equipped(alice, bob)
    return make_room(alice, bob)


class TestHolds:
    def place(self, adam, **on):
        return adam.api.post(HOLDS, {"reason": "Proceedings 4 O 12/26", **on})

    def test_it_stops_the_expiry_of_a_case_until_it_is_lifted(self, case, alice, bob, adam, clock):
        written(case, alice)
        close(case, alice)
        placed = self.place(adam, group_id=str(case.id))
        assert placed.status_code == 201
        for member in (alice, bob):
            (seen,) = retention(case, member)["holds"]
            assert seen["organisation"] == adam.organisation.name
            assert set(seen) == {"organisation", "since"}
        clock.shift(dt.timedelta(days=400))
        assert (run(), bodies(case)) == (0, [True])
        lifted = adam.api.post(f"{HOLDS}/{placed.json()['id']}/lift", {"reason": "Proceedings are over"})
        assert lifted.status_code == 200
        assert retention(case, bob)["holds"] == []
        assert (run(), bodies(case)) == (1, [False])
        assert (events(Event.HOLD_PLACE, adam.organisation), events(Event.HOLD_LIFT, adam.organisation)) == (
            1,
            1,
        )

    def test_on_a_person_it_stops_all_they_have_and_nothing_else(
        self, talk, alice, anton, bob, adam, equipped, clock
    ):
        equipped(anton)
        other = make_room(anton, bob)
        written(talk, alice)
        written(other, anton)
        assert self.place(adam, person_id=str(alice.person.id)).status_code == 201
        clock.shift(dt.timedelta(days=181))
        assert (run(), bodies(talk), bodies(other)) == (1, [True], [False])
        assert len(retention(talk, bob)["holds"]) == 1
        assert retention(other, bob)["holds"] == []

    def test_only_an_administrator_with_a_fresh_factor_and_a_reason(self, case, alice, adam, charlie):
        assert self.place(alice, group_id=str(case.id)).status_code == 404
        Membership.objects.filter(id=charlie.membership.id).update(is_admin=True)
        assert self.place(charlie, group_id=str(case.id)).status_code == 400
        assert self.place(charlie, person_id=str(alice.person.id)).status_code == 400
        assert self.place(adam).status_code == 400
        assert self.place(adam, group_id=str(case.id), reason=" ").status_code == 400
        adam.grow_stale()
        refused = self.place(adam, group_id=str(case.id))
        assert (refused.status_code, refused.json()["code"]) == (403, "fresh-factor-required")
        assert not Hold.objects.exists()

    def test_another_hospital_does_not_lift_it_and_it_is_lifted_once(self, case, adam, berta):
        hold = self.place(adam, group_id=str(case.id)).json()["id"]
        assert self.place(adam, group_id=str(case.id)).status_code == 409
        said = {"reason": "Over"}
        assert berta.api.post(f"{HOLDS}/{hold}/lift", said).status_code == 404
        assert adam.api.post(f"{HOLDS}/{hold}/lift", {"reason": ""}).status_code == 400
        assert adam.api.post(f"{HOLDS}/{hold}/lift", said).status_code == 200
        assert adam.api.post(f"{HOLDS}/{hold}/lift", said).status_code == 404
        assert self.place(adam, group_id=str(case.id)).status_code == 201

    def test_the_page_places_and_lifts(self, case, alice, adam):
        page = "/administration/legal-holds/"
        form = {"what": alice.person.email, "reason": "Proceedings 4 O 12/26"}
        assert alice.client.get(page).status_code == 404
        assert alice.client.post(page, form).status_code == 404
        wrong = adam.client.post(page, form | {"what": "nobody@nowhere.example"})
        assert wrong.status_code == 400
        assert "nobody here has this address" in wrong.content.decode()
        done = adam.client.post(page, form, follow=True).content.decode()
        assert f"All conversations of {alice.person.name}" in done
        done = adam.client.post(page, form | {"what": str(case.id)}, follow=True).content.decode()
        assert str(case.id) in done
        hold = Hold.objects.get(group=case.id)
        assert adam.client.post(f"{page}{hold.id}/lift/", {"reason": ""}).status_code == 400
        done = adam.client.post(f"{page}{hold.id}/lift/", {"reason": "Over"}, follow=True).content.decode()
        assert "The legal hold is lifted." in done
        assert adam.client.get(page).content.decode().count("Lift the legal hold") == 1

    def test_the_database_holds_what_a_hold_is(self, case, adam):
        self.place(adam, group_id=str(case.id))
        for wrong in ({"group": None}, {"reason": ""}, {"lifted_at": now()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Hold.objects.update(**wrong)
