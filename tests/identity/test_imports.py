"""Adam imports a list: a dry run, a job in parts, links for everybody, and the undoing while nobody has begun."""

import datetime as dt
import time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.actions import check_people, make_links, requeue_imports, run_import, start_import, undo_import
from identity.actions import imports as module
from identity.models import Invitation, Membership, PeopleImport, Person
from identity.states import ImportState
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from storage.models import Share
from tests.identity.conftest import PASSWORD_HASH
from tests.identity.test_staff_csv import HEAD

PAGE = "/administration/people/import/"


def listed(count, **changes):
    rows = [
        f"p{number}@hospital-a.example;;Given{number};=Family{number};nurse;;;{changes.get('until', '')}"
        for number in range(count)
    ]
    return "\n".join([HEAD, *rows]).encode()


def upload(who, content):
    return who.client.post(PAGE, {"file": SimpleUploadedFile("people.csv", content, "text/csv")})


def checked(adam, count=3, **changes):
    return check_people(by=adam.actor, content=listed(count, **changes)).waiting


@pytest.fixture
def done(adam) -> PeopleImport:
    waiting = checked(adam)
    start_import(by=adam.actor, import_id=waiting.id)
    run_import(by=SYSTEM, import_id=waiting.id)
    waiting.refresh_from_db()
    return waiting


def made():
    return Membership.objects.filter(people_import__isnull=False)


def test_adam_goes_from_the_file_to_the_people(adam, hospital_a):
    page = upload(adam, listed(3, until="31.12.2030"))["Location"]
    assert "3 people can be imported" in adam.client.get(page).content.decode()
    assert made().count() == 0
    assert adam.client.post(f"{page}start/").status_code == 302
    assert "data-busy" in adam.client.get(page).content.decode()
    run_import(by=SYSTEM, import_id=PeopleImport.objects.get().id)
    assert "3 people were made" in adam.client.get(page).content.decode()
    assert {str(each.valid_until) for each in made()} == {"2030-12-31 23:00:00+00:00"}
    assert not any(each.person.has_usable_password() for each in made())
    assert PeopleImport.objects.get().rows == []
    told = AuditEvent.objects.filter(organisation_id=hospital_a.id).values_list("event", flat=True)
    assert list(told).count("person:create") >= 3
    assert {"people-import:check", "people-import:start", "people-import:finish"} <= set(told)


def test_a_dry_run_names_what_is_wrong_and_makes_nothing(adam, alice):
    wrong = listed(1) + f"\n{alice.person.email};;A;A;surgeon;Nowhere;;".encode()
    answer = upload(adam, wrong)
    text = answer.content.decode()
    assert answer.status_code == 400
    for words in ("There is an account with this address already", "no open department", "Unknown. Possible"):
        assert words in text
    assert not PeopleImport.objects.exists()
    assert upload(adam, b"nothing").status_code == 400
    assert adam.client.post(PAGE).status_code == 400


@pytest.mark.parametrize("who", ["alice", "berta"])
def test_nobody_else_sees_or_moves_an_import(who, request, adam, done):
    stranger = request.getfixturevalue(who)
    for act in ("start", "undo", "links"):
        assert stranger.client.post(f"{PAGE}{done.id}/{act}/").status_code == 404
    assert stranger.client.get(f"{PAGE}{done.id}/").status_code == 404
    assert made().count() == 3
    if who == "alice":
        assert upload(stranger, listed(1)).status_code == 404
        assert stranger.client.get(f"{PAGE}template/").status_code == 404
        assert stranger.client.post("/administration/people/export/").status_code == 404
    with pytest.raises(NotFound):
        run_import(by=stranger.actor, import_id=done.id)
    with pytest.raises(NotFound):
        requeue_imports(by=stranger.actor)


def test_an_import_starts_once_and_one_at_a_time(adam):
    first, second = checked(adam), checked(adam)
    start_import(by=adam.actor, import_id=first.id)
    for again in (first, second):
        with pytest.raises(Conflict):
            start_import(by=adam.actor, import_id=again.id)
    run_import(by=SYSTEM, import_id=first.id)
    start_import(by=adam.actor, import_id=second.id)
    run_import(by=SYSTEM, import_id=second.id)
    second.refresh_from_db()
    assert (second.state, second.done, second.skipped) == (ImportState.DONE, 3, [2, 3, 4])
    assert made().count() == 3


def test_a_worker_that_dies_leaves_a_whole_number_of_parts_and_another_goes_on(adam, monkeypatch):
    monkeypatch.setattr(module, "PART", 2)
    waiting = checked(adam, 5)
    start_import(by=adam.actor, import_id=waiting.id)
    half = module._do_part(module._claim(waiting.id))
    assert (half.done, made().count()) == (2, 2)
    run_import(by=SYSTEM, import_id=waiting.id)
    assert made().count() == 2
    with time_machine.travel(now() + dt.timedelta(minutes=2), tick=True):
        requeue_imports(by=SYSTEM)
        run_import(by=SYSTEM, import_id=waiting.id)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done, made().count()) == (ImportState.DONE, 5, 5)
    assert module._do_part(half) is None


def test_an_import_that_always_breaks_off_is_given_up_and_can_be_undone(adam):
    waiting = checked(adam)
    start_import(by=adam.actor, import_id=waiting.id)
    PeopleImport.objects.update(attempts=module.ATTEMPTS, lease_until=now())
    requeue_imports(by=SYSTEM)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.rows) == (ImportState.FAILED, [])
    assert undo_import(by=adam.actor, import_id=waiting.id).state == ImportState.UNDONE


def test_a_list_that_nobody_starts_is_forgotten(adam):
    checked(adam)
    with time_machine.travel(now() + dt.timedelta(hours=25), tick=False):
        requeue_imports(by=SYSTEM)
    assert not PeopleImport.objects.exists()


def test_an_import_is_undone_while_nobody_has_begun(adam, done, hospital_a):
    before = Person.objects.count()
    assert adam.client.post(f"{PAGE}{done.id}/undo/").status_code == 302
    assert (Person.objects.count(), made().count()) == (before - 3, 0)
    assert adam.client.post(f"{PAGE}{done.id}/undo/").status_code == 409
    told = list(AuditEvent.objects.filter(organisation_id=hospital_a.id).values_list("event", flat=True))
    assert (told.count("person:remove"), told.count("people-import:undo")) == (3, 1)


@pytest.mark.parametrize("change", [{"password": PASSWORD_HASH}, {"last_login": now()}])
def test_it_is_not_undone_once_somebody_has_begun(adam, done, change):
    Person.objects.filter(email="p1@hospital-a.example").update(**change)
    answer = adam.client.post(f"{PAGE}{done.id}/undo/")
    assert answer.status_code == 409
    assert "has set a password already" in answer.content.decode()
    assert made().count() == 3
    done.refresh_from_db()
    assert done.state == ImportState.DONE


def test_it_is_not_undone_once_something_is_shared_with_one(adam, done, monkeypatch):
    from django.db.models import ProtectedError

    def refuse(*_arguments, **_keywords):
        raise ProtectedError("shared", {Share()})

    monkeypatch.setattr(module, "record_for_each", refuse)
    with pytest.raises(Conflict):
        undo_import(by=adam.actor, import_id=done.id)
    assert made().count() == 3


def test_everybody_of_it_gets_a_link_and_a_second_file_ends_the_first(adam, done):
    first = adam.client.post(f"{PAGE}{done.id}/links/")
    assert first["Content-Type"].startswith("text/csv")
    assert first.content.decode().count("/invitation/?token=") == 3
    Person.objects.filter(email="p0@hospital-a.example").update(password=PASSWORD_HASH)
    second = "".join(make_links(by=adam.actor, import_id=done.id))
    assert second.count("/invitation/?token=") == 2
    assert Invitation.objects.filter(state="open").count() == 2
    assert Invitation.objects.filter(state="revoked").count() == 3


def test_an_export_holds_what_the_page_shows_and_is_recorded(adam, done, alice):
    text = adam.client.post("/administration/people/export/", {"q": "family"}).content.decode()
    assert "'=Family0" in text
    assert alice.person.email not in text
    everybody = adam.client.post("/administration/people/export/").content.decode()
    assert alice.person.email in everybody
    assert AuditEvent.objects.filter(event="people:export").count() == 2
    assert "given_name" in adam.client.get(f"{PAGE}template/").content.decode()


def test_five_thousand_people_take_less_than_a_minute(adam):
    waiting = checked(adam, 5000)
    start_import(by=adam.actor, import_id=waiting.id)
    began = time.monotonic()
    run_import(by=SYSTEM, import_id=waiting.id)
    seconds = time.monotonic() - began
    assert made().count() == 5000
    assert seconds < 60, seconds
    undo_import(by=adam.actor, import_id=waiting.id)
    assert made().count() == 0


def test_the_database_itself_holds_what_must_hold(adam):
    waiting = checked(adam)
    rows = PeopleImport.objects.filter(id=waiting.id)
    for change in (
        {"done": 4},
        {"state": ImportState.RUNNING},
        {"state": ImportState.DONE},
        {"lease_until": now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
