"""Roles: who makes them, who finds them, who sees whom on duty."""

import datetime as dt
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from identity.models import Membership, Organisation
from identity.states import Function
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from rota import access, actions
from rota.actions import Step, change_role, close_role, create_role, set_chain
from rota.models import Role
from rota.states import FilledBy, Rank
from tests.conftest import member

pytestmark = pytest.mark.django_db
API = "/api/v1/administration/roles"


def names(answer) -> list[str]:
    return [each["name"] for each in answer.json()["results"]]


class TestWhoMakesThem:
    def test_the_administrator_makes_renames_and_closes_one(self, adam, alice):
        body = {"name": "Surgery, on call", "filled_by": "list", "fillers": [str(alice.membership.id)]}
        made = adam.api.post(API, body)
        assert made.status_code == 201
        address = f"{API}/{made.json()['id']}"
        changed = adam.api.put(address, body | {"name": "Surgery"}, content_type="application/json")
        assert changed.json()["name"] == "Surgery"
        assert [each["name"] for each in adam.api.get(API).json()["roles"]] == ["Surgery"]
        assert adam.api.post(address + "/close").json()["closed_at"]
        assert adam.api.get(address).status_code == 404
        assert alice.client.get(f"/roles/{made.json()['id']}/").status_code == 404
        told = AuditEvent.objects.filter(event__startswith="role:").order_by("event_id")
        assert [each.event for each in told] == ["role:create", "role:change", "role:close"]

    @pytest.mark.parametrize("name", ["alice", "anton", "berta"])
    def test_nobody_else_does(self, role, name, request):
        who = request.getfixturevalue(name)
        body = {"name": "Mine", "filled_by": "list"}
        assert who.api.put(f"{API}/{role.id}", body, content_type="application/json").status_code == 404
        assert who.api.post(f"{API}/{role.id}/close").status_code == 404
        assert who.client.get(f"/administration/roles/{role.id}/").status_code == 404
        role.refresh_from_db()
        assert (role.name, role.closed_at) == ("Cardiology, on call", None)

    def test_a_name_is_given_once_until_its_role_is_closed(self, role, adam, words):
        with pytest.raises(Invalid) as refused:
            create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
        assert "name" in refused.value.errors
        close_role(by=adam.actor, role_id=role.id)
        create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)

    def test_people_and_departments_of_other_hospitals_have_no_place_in_it(self, adam, bob, words):
        for wrong in (
            {"fillers": [bob.membership.id]},
            {"planners": [bob.membership.id]},
            {"department_id": bob.membership.department_id},
        ):
            with pytest.raises(Invalid) as refused:
                create_role(
                    by=adam.actor, organisation_id=adam.organisation.id, words=replace(words, **wrong)
                )
            assert len(refused.value.errors) == 1
        assert Role.objects.count() == 0

    def test_a_role_of_a_department_is_filled_by_its_people(self, adam, alice, anton, words):
        of_ward = replace(words, filled_by=FilledBy.DEPARTMENT)
        made = create_role(by=adam.actor, organisation_id=adam.organisation.id, words=of_ward)
        assert [each.name for each in access.candidates(made)] == ["Alice Ahrens"]
        with pytest.raises(Invalid):
            change_role(by=adam.actor, role_id=made.id, words=replace(of_ward, department_id=None))

    def test_the_form_takes_addresses_and_names_unknown_ones(self, adam, alice, bob):
        form = {"name": "Heart", "filled_by": "list", "fillers": f"{alice.person.email}\n{bob.person.email}"}
        answer = adam.client.post("/administration/roles/new/", form)
        assert answer.status_code == 400
        assert f"has this address: {bob.person.email}" in answer.content.decode()
        made = adam.client.post("/administration/roles/new/", form | {"fillers": alice.person.email})
        assert made.status_code == 302
        role = Role.objects.get()
        page = adam.client.get(f"/administration/roles/{role.id}/").content.decode()
        assert alice.person.email in page
        adam.client.post(f"/administration/roles/{role.id}/", form | {"name": "Hearts", "fillers": ""})
        role.refresh_from_db()
        assert role.name == "Hearts"
        assert access.candidates(role) == []

    def test_commands_do_the_same(self, adam, alice):
        out = StringIO()
        domain = adam.organisation.domain
        call_command(
            "role", "add", "Heart", "--organisation", domain, "--filler", alice.person.email, stdout=out
        )
        call_command("role", "list", "--organisation", domain, stdout=out)
        assert "nobody" in out.getvalue()
        call_command("role", "close", "Heart", "--organisation", domain, stdout=out)
        with pytest.raises(CommandError, match="no role"):
            call_command("role", "close", "Heart", "--organisation", domain, stdout=out)
        with pytest.raises(CommandError, match="no department"):
            call_command("role", "add", "X", "--organisation", domain, "--department", "Nowhere", stdout=out)


class TestWhoFindsThem:
    def publish(self, role, **more) -> None:
        Role.objects.filter(id=role.id).update(is_public=True, **more)

    def test_colleagues_find_it_with_who_is_on_duty_others_do_not(self, role, alice, anton, bob, plan):
        plan(alice, 0, 8)
        (found,) = anton.api.get("/api/v1/roles?q=card").json()["results"]
        assert found["held"]["name"] == "Alice Ahrens"
        assert names(bob.api.get("/api/v1/roles")) == []
        assert bob.client.get(f"/roles/{role.id}/").status_code == 404

    def test_others_find_a_public_one_and_no_name(self, role, alice, bob, plan):
        plan(alice, 0, 8)
        self.publish(role)
        (found,) = bob.api.get("/api/v1/roles").json()["results"]
        assert (found["name"], found["told"], found["held"]) == ("Cardiology, on call", False, None)
        page = bob.client.get(f"/roles/{role.id}/").content.decode()
        assert "does not show you who is on duty" in page
        assert "Alice" not in page
        assert names(bob.api.get("/api/v1/roles?on_duty=true")) == []

    def test_their_clinicians_see_the_name_where_the_role_says_so(self, role, alice, bob, berta, adam, plan):
        plan(alice, 0, 8)
        set_chain(by=adam.actor, role_id=role.id, steps=[Step(5, membership_id=alice.membership.id)])
        self.publish(role, names_holder=True)
        (found,) = bob.api.get("/api/v1/roles?on_duty=true").json()["results"]
        assert found["held"]["name"] == "Alice Ahrens"
        read = bob.api.get(f"/api/v1/roles/{role.id}").json()
        assert (read["now"]["name"], read["next"], read["chain"]) == ("Alice Ahrens", None, [])
        (found,) = berta.api.get("/api/v1/roles").json()["results"]
        assert found["held"] is None
        page = bob.client.get(f"/roles/{role.id}/").content.decode()
        assert "Alice Ahrens" in page
        assert "week__day" not in page

    def test_the_directory_of_people_says_who_is_on_duty(self, role, alice, agnes, bob, berta, plan):
        plan(alice, 0, 8)
        (entry,) = bob.api.get("/api/v1/directory?q=ahrens").json()["results"]
        assert entry["duties"] == []
        self.publish(role, names_holder=True)
        (entry,) = bob.api.get("/api/v1/directory?on_duty=true").json()["results"]
        assert (entry["name"], entry["duties"]) == ("Alice Ahrens", ["Cardiology, on call"])
        assert berta.api.get("/api/v1/directory?on_duty=true").json()["total"] == 0
        assert "On duty: Cardiology, on call" in bob.client.get("/directory/?on_duty=on").content.decode()

    def test_the_directory_finds_the_substitute_when_the_holder_is_no_member_any_more(
        self, role, alice, agnes, bob, plan
    ):
        plan(alice, 0, 8)
        plan(agnes, 0, 8, Rank.SUBSTITUTE)
        self.publish(role, names_holder=True)
        assert self.on_duty(bob) == {alice.person.name: ["Cardiology, on call"]}
        Membership.objects.filter(id=alice.membership.id).update(deactivated_at=now())
        assert self.on_duty(bob) == {agnes.person.name: ["Cardiology, on call"]}

    def on_duty(self, who) -> dict[str, list[str]]:
        found = who.api.get("/api/v1/directory?on_duty=true").json()["results"]
        return {entry["name"]: entry["duties"] for entry in found}

    def test_an_unverified_hospital_is_not_found_and_finds_only_itself(self, role, alice, bob, anton, plan):
        plan(alice, 0, 8)
        self.publish(role, names_holder=True)
        Organisation.objects.filter(id=bob.organisation.id).update(verified_at=None)
        assert names(bob.api.get("/api/v1/roles")) == []
        assert bob.client.get(f"/roles/{role.id}/").status_code == 404
        Organisation.objects.filter(id=bob.organisation.id).update(verified_at=now())
        Organisation.objects.filter(id=alice.organisation.id).update(verified_at=None)
        assert names(bob.api.get("/api/v1/roles")) == []
        assert names(anton.api.get("/api/v1/roles")) == ["Cardiology, on call"]

    def test_a_patient_finds_nothing(self, role, hospital_a, alice, plan):
        plan(alice, 0, 8)
        patient = member(hospital_a, "Paul", "Pohl", Function.PATIENT)
        self.publish(role, names_holder=True)
        assert patient.api.get("/api/v1/roles").status_code == 404
        assert patient.client.get(f"/roles/{role.id}/").status_code == 404
        assert patient.client.get(f"/roles/{role.id}/history/").status_code == 404

    def test_speciality_and_hospital_narrow_the_search(self, role, anton, bob):
        self.publish(role)
        assert names(bob.api.get("/api/v1/roles?speciality=cardiology")) == ["Cardiology, on call"]
        assert names(bob.api.get("/api/v1/roles?speciality=surgery")) == []
        assert names(bob.api.get(f"/api/v1/roles?organisation={bob.organisation.id}")) == []

    def test_a_search_costs_the_same_for_one_role_and_for_twenty(
        self, role, words, adam, anton, alice, plan, django_assert_num_queries
    ):
        plan(alice, 0, 8)
        for number in range(20):
            one = replace(words, name=f"Role {number}")
            create_role(by=adam.actor, organisation_id=adam.organisation.id, words=one)
        with django_assert_num_queries(4):
            assert len(access.find_roles(by=anton.actor).results) == 21
        with django_assert_num_queries(6):
            assert len(access.find_roles(by=anton.actor, on_duty=True).results) == 1

    def test_each_search_is_an_event_without_its_words(self, role, anton):
        anton.client.get("/roles/?q=secret")
        event = AuditEvent.objects.get(event="directory:search")
        assert b"secret" not in bytes(event.canonical)


class TestTheChain:
    @pytest.fixture
    def other(self, adam, words) -> Role:
        return create_role(
            by=adam.actor, organisation_id=adam.organisation.id, words=replace(words, name="Chief")
        )

    def test_a_circle_is_refused_over_however_many_roles(self, role, other, adam, words):
        third = create_role(
            by=adam.actor, organisation_id=adam.organisation.id, words=replace(words, name="Third")
        )
        set_chain(by=adam.actor, role_id=role.id, steps=[Step(5, role_id=other.id)])
        set_chain(by=adam.actor, role_id=other.id, steps=[Step(5, role_id=third.id)])
        for target in (role, third):
            with pytest.raises(Invalid, match="leads back"):
                set_chain(by=adam.actor, role_id=third.id, steps=[Step(5, role_id=target.id)])

    def test_bad_steps_are_refused_and_the_chain_stays(self, role, other, adam, alice, bob):
        set_chain(by=adam.actor, role_id=role.id, steps=[Step(5, role_id=other.id)])
        bad = [
            [Step(0, role_id=other.id)],
            [Step(1441, role_id=other.id)],
            [Step(5)],
            [Step(5, role_id=other.id, membership_id=alice.membership.id)],
            [Step(5, membership_id=bob.membership.id)],
            [Step(5, role_id=other.id)] * 7,
        ]
        for steps in bad:
            with pytest.raises(Invalid):
                set_chain(by=adam.actor, role_id=role.id, steps=steps)
        assert len(access.chain_at(role=role, at=now())) == 2

    def test_a_planner_does_not_set_it_and_it_is_set_by_form_and_api(self, role, other, adam, anton):
        with pytest.raises(NotFound):
            set_chain(by=anton.actor, role_id=role.id, steps=[])
        address = f"/administration/roles/{role.id}/chain/"
        missing = adam.client.post(address, {"who_1": f"role:{other.id}"})
        assert "After how many minutes?" in missing.content.decode()
        assert adam.client.post(address, {"who_1": f"role:{other.id}", "minutes_1": "15"}).status_code == 302
        assert 'value="15"' in adam.client.get(address).content.decode()
        body = {"steps": [{"wait_minutes": 7, "role_id": str(other.id)}]}
        answer = adam.api.put(f"{API}/{role.id}/chain", body, content_type="application/json")
        assert [link["after_minutes"] for link in answer.json()["chain"]] == [0, 7]

    def test_a_role_that_others_escalate_to_is_not_closed(self, role, other, adam):
        set_chain(by=adam.actor, role_id=role.id, steps=[Step(5, role_id=other.id)])
        with pytest.raises(Conflict, match="Cardiology, on call escalates"):
            close_role(by=adam.actor, role_id=other.id)


class TestTakingOver:
    def test_who_may_fill_it_takes_over_for_the_rest_of_the_shift(self, role, alice, agnes, plan):
        shift = plan(alice, 0, 8)
        answer = agnes.client.post(f"/roles/{role.id}/take-over/", {"reason": "Alice is in theatre"})
        assert answer.status_code == 302
        found = access.holder(role=role, at=now())
        assert (found.now.name, found.now.until, found.next) == ("Agnes Adler", shift.ends_at, None)
        (latest, _planned) = access.history(by=alice.actor, role_id=role.id)
        assert (latest.act, latest.whose, latest.by_name) == ("take-over", "Agnes Adler", "Agnes Adler")
        assert latest.reason == "Alice is in theatre"
        event = AuditEvent.objects.get(event_id=latest.event_id)
        assert event.event == "role:take-over"
        assert b"theatre" not in bytes(event.canonical)

    @pytest.mark.parametrize("name", ["anton", "adam", "bob"])
    def test_who_may_not_fill_it_may_not(self, role, alice, plan, name, request):
        plan(alice, 0, 8)
        who = request.getfixturevalue(name)
        assert who.client.get(f"/roles/{role.id}/take-over/").status_code == 404
        assert who.api.post(f"/api/v1/roles/{role.id}/take-over").status_code == 404
        assert access.holder(role=role, at=now()).now.name == "Alice Ahrens"

    def test_she_hands_back_and_the_rota_holds_again(self, role, alice, agnes, plan, time_machine):
        plan(alice, 0, 8)
        agnes.api.post(f"/api/v1/roles/{role.id}/take-over")
        time_machine.move_to(now() + dt.timedelta(minutes=5))
        assert alice.api.post(f"/api/v1/roles/{role.id}/hand-back").status_code == 409
        assert agnes.api.post(f"/api/v1/roles/{role.id}/hand-back").status_code == 200
        assert access.holder(role=role, at=now()).now.name == "Alice Ahrens"
        assert agnes.api.post(f"/api/v1/roles/{role.id}/hand-back").status_code == 409

    def test_a_planner_may_end_a_take_over_and_others_not(
        self, role, alice, agnes, anton, bob, plan, time_machine
    ):
        plan(alice, 0, 8)
        actions.take_over(by=agnes.actor, role_id=role.id)
        time_machine.move_to(now() + dt.timedelta(minutes=5))
        assert bob.api.post(f"/api/v1/roles/{role.id}/hand-back").status_code == 404
        assert anton.api.post(f"/api/v1/roles/{role.id}/hand-back").status_code == 200

    def test_the_second_who_takes_over_ends_the_first(self, role, alice, agnes, plan, time_machine):
        plan(alice, 0, 8)
        actions.take_over(by=agnes.actor, role_id=role.id)
        time_machine.move_to(now() + dt.timedelta(minutes=5))
        actions.take_over(by=alice.actor, role_id=role.id)
        assert access.holder(role=role, at=now()).now.name == "Alice Ahrens"
        acts = [change.act for change in access.history(by=alice.actor, role_id=role.id)]
        assert acts == ["take-over", "cut", "take-over", "plan"]

    def test_who_holds_it_already_does_not_take_over(self, role, alice, plan):
        plan(alice, 0, 8)
        with pytest.raises(Conflict, match="already"):
            actions.take_over(by=alice.actor, role_id=role.id)

    def test_while_nobody_is_on_duty_an_end_is_asked_for(self, role, alice):
        page = alice.client.post(f"/roles/{role.id}/take-over/", {}).content.decode()
        assert "please say until when" in page
        for wrong in (now() - dt.timedelta(hours=1), now() + dt.timedelta(days=8)):
            with pytest.raises(Invalid):
                actions.take_over(by=alice.actor, role_id=role.id, until=wrong)
        actions.take_over(by=alice.actor, role_id=role.id, until=now() + dt.timedelta(hours=2))
        assert access.holder(role=role, at=now()).now.name == "Alice Ahrens"
