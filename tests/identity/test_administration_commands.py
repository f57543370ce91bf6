"""What an operator does for an organisation's administrators on the machine: people, departments, devices, figures."""

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from identity import access
from identity.actions import create_department
from identity.models import Department, Device, Invitation, Membership, PeopleImport
from medicus.lib.actor import SYSTEM, system_of
from medicus.lib.errors import NotFound
from tests.identity.test_commands import run
from tests.identity.test_imports import listed, made

pytestmark = pytest.mark.django_db
OF_A = ["--organisation", "hospital-a.example"]
OF_B = ["--organisation", "hospital-b.example"]


@pytest.fixture
def people_file(tmp_path):
    """Write a list, and give its name."""

    def write(content: bytes) -> str:
        file = tmp_path / "people.csv"
        file.write_bytes(content)
        return str(file)

    return write


@pytest.mark.parametrize("what", ["check", "import"])
def test_each_bad_row_and_column_is_printed_and_nobody_is_made(what, alice, people_file, capsys):
    wrong = listed(1) + f"\n{alice.person.email};;A;A;surgeon;Nowhere;;".encode()
    with pytest.raises(CommandError, match="nobody was made"):
        call_command("people", what, people_file(wrong), *OF_A)
    lines = capsys.readouterr().out.splitlines()[2:]
    assert {("3", "function"), ("3", "department")} <= {tuple(line.split()[:2]) for line in lines}
    assert not PeopleImport.objects.exists()
    assert not made().exists()


def test_a_list_is_checked_imported_linked_and_undone(hospital_a, hospital_b, people_file):
    file = people_file(listed(3))
    assert "3 people can be imported" in run("people", "check", file, *OF_A)
    assert not made().exists()
    assert "done: 3 people were made" in run("people", "import", file, *OF_A)
    done = PeopleImport.objects.get(state="done")
    assert (made().count(), done.created_by_id) == (3, None)
    assert str(done.id) in run("people", "imports", *OF_A)
    assert str(done.id) not in run("people", "imports", *OF_B)
    for act in ("links", "undo"):
        with pytest.raises(CommandError, match="not found"):
            run("people", act, str(done.id), *OF_B)
    assert run("people", "links", str(done.id), *OF_A).count("/invitation/") == 3
    assert Invitation.objects.count() == 3
    run("people", "undo", str(done.id), *OF_A)
    assert not Membership.objects.exists()
    told = set(AuditEvent.objects.filter(organisation_id=hospital_a.id).values_list("event", flat=True))
    assert {f"people-import:{act}" for act in ("check", "start", "finish", "undo")} <= told


def test_what_is_no_list_is_said(hospital_a, people_file, tmp_path):
    with pytest.raises(CommandError, match="columns are missing"):
        run("people", "check", people_file(b"nothing;known"), *OF_A)
    with pytest.raises(CommandError, match="No such file"):
        run("people", "check", str(tmp_path / "nothing.csv"), *OF_A)


def test_people_are_written_as_csv(adam, alice, bob):
    told = run("people", "export", *OF_A)
    assert alice.person.email in told
    assert bob.person.email not in told
    assert alice.person.email not in run("people", "export", "--query", "arnold", *OF_A)
    assert AuditEvent.objects.filter(event="people:export", organisation_id=adam.organisation.id).count() == 2
    with pytest.raises(CommandError, match="no department"):
        run("people", "export", "--department", "Nowhere", *OF_A)
    assert "vorname" in run("people", "template", "--language", "de")


def test_departments_are_added_changed_listed_and_closed(hospital_a, hospital_b):
    run("department", "add", "Ward 3", "--speciality", "cardiology", *OF_A)
    with pytest.raises(CommandError, match="of this name already"):
        run("department", "add", "Ward 3", *OF_A)
    with pytest.raises(CommandError, match="no department"):
        run("department", "close", "Ward 3", *OF_B)
    run("department", "change", "Ward 3", "--name", "Ward 4", *OF_A)
    assert "Ward 4" in run("department", "list", *OF_A)
    assert "Ward 4" not in run("department", "list", *OF_B)
    found = Department.objects.get()
    assert (found.name, found.speciality) == ("Ward 4", "cardiology")
    run("department", "close", "Ward 4", *OF_A)
    assert Department.objects.get().closed_at
    told = AuditEvent.objects.filter(organisation_id=hospital_a.id, event__startswith="department:")
    assert sorted(each.event for each in told) == [
        "department:change",
        "department:close",
        "department:create",
    ]


def test_a_department_with_people_is_not_closed(alice):
    ward = create_department(by=SYSTEM, organisation_id=alice.organisation.id, name="Ward 3")
    Membership.objects.filter(id=alice.membership.id).update(department=ward)
    with pytest.raises(CommandError, match="1 person is in this department"):
        run("department", "close", "Ward 3", *OF_A)
    assert Department.objects.get(id=ward.id).closed_at is None


def test_devices_of_a_person_are_listed_and_revoked(alice, bob, device_of):
    device = device_of(alice)
    told = run("person", "devices", alice.person.email, *OF_A)
    assert str(device.id) in told
    assert "in use" in told
    assert str(device.id) not in run("person", "devices", alice.person.email, *OF_B)
    with pytest.raises(CommandError, match="not found"):
        run("person", "revoke_device", str(device.id), *OF_B)
    assert Device.objects.get().revoked_at is None
    run("person", "revoke_device", str(device.id), *OF_A)
    assert "revoked" in run("person", "devices", alice.person.email, *OF_A)
    with pytest.raises(CommandError, match="not found"):
        run("person", "revoke_device", str(device.id), *OF_A)
    assert AuditEvent.objects.filter(event="device:revoke").count() == 1


def test_the_figures_are_those_of_one_organisation(adam, alice, bob):
    rows = dict(
        line.rsplit(None, 1)
        for line in run("organisation", "figures", "hospital-a.example").splitlines()[2:-1]
    )
    assert (rows["people"], rows["administrators"]) == ("2", "1")
    with pytest.raises(CommandError, match="not found"):
        run("organisation", "figures", "nobody.example")


def test_the_service_administers_only_the_organisation_that_it_acts_for(alice, bob):
    found = access.staff(by=system_of(alice.organisation.id), wanted=access.Wanted()).results
    assert [entry.email for entry in found] == [alice.person.email]
    with pytest.raises(NotFound):
        access.administered(by=SYSTEM)
