"""What Erika sees: who looked at her data, in all her hospitals, by itself; and nothing of anybody else."""

import time_machine

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from storage import actions
from tests.audit.test_page import happen
from tests.cast import Member
from tests.patients import also_connected, connected
from tests.storage.folders import clean, folder_of, share

LOG, NEW = "/api/v1/me/access-log", "/api/v1/me/access-log/new"


def log_of(person: Member, **query) -> list[dict]:
    answer = person.api.get(LOG, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["accesses"]


def look(member: Member, record) -> None:
    actions.open_patient_folder(by=member.actor, patient_id=record.patient_id)


def test_it_says_in_plain_words_who_did_what_when_and_why(alice, bob, record, erika):
    finding = clean(alice, record)
    share(alice, finding.finding_id, bob)
    actions.open_finding(by=bob.actor, finding_id=finding.finding_id)
    newest = next(one for one in log_of(erika) if not one["is_you"])
    assert newest.pop("event_id")
    assert newest.pop("at")
    assert newest == {
        "who": "Bob Becker",
        "is_you": False,
        "role": "Clinical staff",
        "hospital": "Hospital B",
        "record": "Hospital A",
        "event": "finding:read",
        "what": "Looked at a finding",
        "detail": "",
        "why": "Second opinion",
    }
    shared = next(one for one in log_of(erika) if one["event"] == "finding:share")
    assert (shared["who"], shared["detail"]) == ("Alice Ahrens", "Bob Becker")
    page = erika.client.get("/").content.decode()
    for word in ("Bob Becker", "Looked at a finding", "Second opinion", "Hospital B", "Shared a finding"):
        assert word in page


def test_what_two_hospitals_recorded_stands_there_once(alice, bob, record, erika):
    share(alice, clean(alice, record).finding_id, bob)
    assert [one["event"] for one in log_of(erika)].count("finding:share") == 1
    assert AuditEvent.objects.filter(event="finding:share").count() == 2


def test_a_look_is_new_within_the_next_question(alice, anton, record, erika):
    newest = erika.api.get(LOG).json()["newest"]
    assert erika.api.get(NEW, {"after": newest}).json() == {"count": 0}
    look(anton, record)
    assert erika.api.get(NEW, {"after": newest}).json() == {"count": 1}
    assert log_of(erika)[0]["who"] == "Anton Albrecht"


def test_ones_own_looks_are_recorded_once_in_a_quarter_of_an_hour_and_are_no_news(record, erika):
    erika.client.get("/")
    newest = erika.api.get(LOG).json()["newest"]
    for _ in range(3):
        erika.client.get("/")
    own = [one for one in log_of(erika) if one["event"] == "audit:read"]
    assert [(one["is_you"], one["hospital"], one["role"]) for one in own] == [(True, "", "")]
    with time_machine.travel(now().timestamp() + 16 * 60, tick=False):
        erika.client.get("/")
        assert [one["event"] for one in log_of(erika)].count("audit:read") == 2
        assert erika.api.get(NEW, {"after": newest}).json() == {"count": 0}


def test_who_asks_for_news_without_saying_since_when_is_told(erika):
    answer = erika.api.get(NEW)
    assert (answer.status_code, "after" in answer.json()["errors"]) == (400, True)


def test_it_spans_her_hospitals_and_can_be_narrowed_to_one(alice, bob, record, erika):
    there = folder_of(bob, identifier="B-1")
    also_connected(bob, there, erika)
    look(alice, record)
    look(bob, there)
    assert {one["record"] for one in log_of(erika)} == {"Hospital A", "Hospital B"}
    only = log_of(erika, hospital=str(bob.organisation.id))
    assert {one["record"] for one in only} == {"Hospital B"}
    assert log_of(erika, hospital=str(new_id())) == []


def test_it_can_be_narrowed_by_time_and_an_unreadable_day_is_named(record, erika):
    assert log_of(erika, since="2020-01-01")
    assert log_of(erika, until="2020-01-01") == []
    assert "No access fits" in erika.client.get("/", {"until": "2020-01-01"}).content.decode()
    assert erika.api.get(LOG, {"since": "yesterday"}).status_code == 400
    assert erika.client.get("/", {"since": "yesterday"}).status_code == 400


def test_older_pages_follow_without_a_gap(alice, record, erika):
    for _ in range(12):
        happen(Event.FINDING_READ, by=alice.actor, patient=str(record.patient_id))
    first = erika.api.get(LOG).json()
    second = erika.api.get(LOG, {"before": first["older"]}).json()
    ids = [one["event_id"] for page in (first, second) for one in page["accesses"]]
    assert len(first["accesses"]) == 10
    assert len(ids) == len(set(ids)) == AuditEvent.objects.filter(event_id__in=ids).count()
    assert ids == sorted(ids, reverse=True)
    assert second["older"] is None
    assert "Older" in erika.client.get("/").content.decode()


def test_another_patient_of_the_same_hospital_sees_nothing_of_it(alice, anton, record, erika):
    other = folder_of(alice, family_name="Anders", identifier="4712")
    paula = connected(alice, other, "paula@home.example")
    look(anton, record)
    assert {one["record"] for one in log_of(paula)} == {"Hospital A"}
    assert "Anton Albrecht" not in str(log_of(paula))
    assert str(record.patient_id) not in paula.client.get("/").content.decode()
    assert paula.api.get(f"/api/v1/audit/patients/{record.patient_id}/accesses").status_code == 404


def test_who_is_no_patient_has_no_such_log(alice, adam, record):
    for member in (alice, adam):
        for path in (LOG, NEW + f"?after={new_id()}", "/api/v1/me/records", "/api/v1/me/shares"):
            assert member.api.get(path).status_code == 404, path


def test_what_the_page_asks_by_itself_does_not_keep_the_session_from_ending(record, erika):
    newest = erika.api.get(LOG).json()["newest"]
    start = now()
    for minutes in range(1, 35):
        with time_machine.travel(start.timestamp() + minutes * 60, tick=False):
            answer = erika.api.get(NEW, {"after": newest}, headers={"medicus-unattended": "1"})
    assert answer.status_code == 401


# shares


def test_she_ends_a_share_and_the_colleague_of_the_other_hospital_is_refused_at_once(
    alice, bob, adam, record, erika
):
    finding = clean(alice, record)
    opened = share(alice, finding.finding_id, bob)
    (one,) = erika.api.get("/api/v1/me/shares").json()["results"]
    assert (one["share"]["name"], one["owner"]["name"], one["share"]["purpose"]) == (
        "Bob Becker",
        "Hospital A",
        "second-opinion",
    )
    path = f"/findings/{finding.finding_id}/"
    assert bob.client.get(path).status_code == 200
    assert erika.client.post(f"/my/shares/{opened.share_id}/revoke/").status_code == 302
    assert bob.client.get(path).status_code == 404
    assert erika.api.get("/api/v1/me/shares").json()["results"] == []
    ended = next(one for one in log_of(erika) if one["event"] == "finding:unshare")
    assert (ended["is_you"], ended["what"]) == (True, "Ended the sharing of a finding")
    told = adam.api.get(f"/api/v1/audit/patients/{record.patient_id}/accesses").json()["accesses"][0]
    assert (told["who"]["name"], told["role"]) == ("Erika Muster", "Patient")
    assert erika.client.post(f"/my/shares/{opened.share_id}/revoke/").status_code == 404


def test_nobody_ends_the_share_of_another_patient(alice, bob, record, erika):
    other = folder_of(alice, family_name="Anders", identifier="4712")
    paula = connected(alice, other, "paula@home.example")
    opened = share(alice, clean(alice, record).finding_id, bob)
    for member in (paula, alice, bob):
        assert member.api.post(f"/api/v1/me/shares/{opened.share_id}/revoke").status_code == 404
    assert paula.api.post(f"/api/v1/shares/{opened.share_id}/revoke").status_code == 404
    assert erika.api.post(f"/api/v1/me/shares/{opened.share_id}/revoke").status_code == 200


def test_shares_of_both_hospitals_stand_on_one_page(alice, bob, charlie, record, erika):
    there = folder_of(bob, identifier="B-1")
    also_connected(bob, there, erika)
    share(alice, clean(alice, record).finding_id, charlie)
    share(bob, clean(bob, there).finding_id, charlie)
    owners = [one["owner"]["name"] for one in erika.api.get("/api/v1/me/shares").json()["results"]]
    assert sorted(owners) == ["Hospital A", "Hospital B"]


def test_the_work_of_the_staff_is_not_hers(erika, record):
    for path in (
        "/patients/",
        "/directory/",
        "/roles/",
        "/audit/",
        "/administration/people/",
    ):
        assert erika.client.get(path).status_code == 404, path
    for path in (
        "directory",
        "patients",
        f"patients/{record.patient_id}",
    ):
        assert erika.api.get(f"/api/v1/{path}").status_code == 404, path
