"""Lists of people through the API: the same dry run, job and undoing as on the pages."""

import pytest

from audit.models import AuditEvent
from identity.actions import run_import, start_import
from identity.models import Invitation, Membership, PeopleImport
from medicus.lib.actor import SYSTEM
from tests.cast import Member
from tests.identity.test_imports import listed

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/administration/people/imports"


def test_a_list_is_checked_imported_and_undone(adam: Member) -> None:
    checked = adam.api.post(LISTS, {"csv": listed(3).decode()})
    assert checked.status_code == 201
    waiting = checked.json()["waiting"]
    assert (waiting["state"], waiting["total"], checked.json()["faults"]) == ("checked", 3, [])
    address = f"{LISTS}/{waiting['id']}"
    assert adam.api.post(f"{address}/start").json()["state"] == "queued"
    run_import(by=SYSTEM, import_id=waiting["id"])
    done = adam.api.get(address).json()
    assert (done["state"], done["done"], done["skipped"]) == ("done", 3, 0)
    assert [row["id"] for row in adam.api.get(LISTS).json()["results"]] == [waiting["id"]]
    assert adam.api.post(f"{address}/undo").json()["state"] == "undone"
    assert not Membership.objects.filter(people_import__isnull=False).exists()


def test_each_wrong_cell_is_named_and_nothing_waits(adam: Member) -> None:
    text = listed(2).decode().replace("p1@hospital-a.example", "p1@elsewhere.example")
    answer = adam.api.post(LISTS, {"csv": text})
    assert answer.status_code == 200
    (fault,) = answer.json()["faults"]
    assert (fault["line"], answer.json()["waiting"]) == (3, None)
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize("body", [{}, {"csv": ""}, {"csv": "\x00"}, {"csv": 7.5}, {"csv": "nothing;known"}])
def test_what_is_no_list_is_refused(adam: Member, body: dict[str, object]) -> None:
    assert adam.api.post(LISTS, body).status_code == 400
    assert not PeopleImport.objects.exists()


def test_another_hospital_s_list_is_absent(adam: Member, berta: Member, alice: Member) -> None:
    waiting = adam.api.post(LISTS, {"csv": listed(1).decode()}).json()["waiting"]["id"]
    for stranger in (berta, alice):
        for method, suffix in (("get", ""), ("post", "/start"), ("post", "/undo")):
            assert getattr(stranger.api, method)(f"{LISTS}/{waiting}{suffix}").status_code == 404
    assert PeopleImport.objects.get().state == "checked"


def test_links_are_handed_out_once_as_a_file(adam: Member, berta: Member, alice: Member) -> None:
    waiting = adam.api.post(LISTS, {"csv": listed(2).decode()}).json()["waiting"]["id"]
    start_import(by=adam.actor, import_id=waiting)
    run_import(by=SYSTEM, import_id=waiting)
    for stranger in (berta, alice):
        assert stranger.api.post(f"{LISTS}/{waiting}/links").status_code == 404
    assert not Invitation.objects.exists()
    answer = adam.api.post(f"{LISTS}/{waiting}/links")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().count("/invitation/") == 2
    assert Invitation.objects.count() == 2


def test_the_template_can_be_imported_and_is_for_administrators(adam: Member, alice: Member) -> None:
    head = adam.api.get(f"{LISTS}/template").content.decode().strip()
    assert adam.api.post(LISTS, {"csv": f"{head}\n"}).status_code == 400
    row = "n@hospital-a.example;;N;N;nurse" + ";" * (head.count(";") - 4)
    assert adam.api.post(LISTS, {"csv": f"{head}\n{row}\n"}).status_code == 201
    assert alice.api.get(f"{LISTS}/template").status_code == 404


def test_people_are_exported_as_asked_for_and_only_one_s_own(
    adam: Member, alice: Member, berta: Member
) -> None:
    export = "/api/v1/administration/people/export"
    everybody = adam.api.post(export).content.decode()
    assert alice.person.email in everybody
    assert berta.person.email not in everybody
    assert alice.person.email not in adam.api.post(export, {"q": "arnold"}).content.decode()
    assert adam.api.post(export, {"only": "nonsense"}).status_code == 400
    assert alice.api.post(export).status_code == 404
    assert AuditEvent.objects.filter(event="people:export").count() == 2
