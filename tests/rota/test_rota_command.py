"""`manage.py rota`: the operator plans, imports, sets chains and reads the history on the machine."""

import pytest
from django.core.management import CommandError

from audit.models import AuditEvent
from rota import actions
from rota.actions import RoleWords
from rota.models import EscalationStep, RotaImport, Shift
from tests.identity.test_commands import run
from tests.rota.test_calendar import calendar, event

pytestmark = pytest.mark.django_db
OF = ["--organisation", "hospital-a.example", "--role", "Cardiology, on call"]


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to("2026-03-02T07:00:00Z", tick=False)


def test_shifts_are_planned_in_the_zone_of_the_service_listed_and_removed(role, alice):
    told = run(
        "rota", "plan", alice.person.email, "2026-03-03T20:00", "2026-03-04T08:00", "--weeks", "1", *OF
    )
    assert told.count("planned: ") == 2
    first = Shift.objects.order_by("starts_at")[0]
    assert first.starts_at.isoformat() == "2026-03-03T19:00:00+00:00"
    listed = run("rota", "shifts", *OF)
    assert listed.count("Alice Ahrens") == 2
    assert "2026-03-03 20:00" in listed
    run("rota", "remove", str(first.id), *OF)
    assert run("rota", "shifts", *OF).count("Alice Ahrens") == 1
    history = run("rota", "history", *OF).splitlines()[2:]
    assert [line.split()[2] for line in history] == ["remove", "plan", "plan"]
    assert all("the service" in line for line in history)
    assert AuditEvent.objects.filter(event="shift:plan", organisation_id=role.organisation_id).count() == 2


def test_the_same_is_refused_as_on_the_pages(role, alice, anton, bob):
    times = ["2026-03-03T20:00", "2026-03-04T08:00"]
    with pytest.raises(CommandError, match="who may fill this role"):
        run("rota", "plan", anton.person.email, *times, *OF)
    with pytest.raises(CommandError, match="not found"):
        run("rota", "plan", bob.person.email, *times, *OF)
    with pytest.raises(CommandError, match="lies in the past"):
        run("rota", "plan", alice.person.email, "2026-03-01T20:00", "2026-03-02T06:00", *OF)
    with pytest.raises(CommandError, match="no role"):
        run("rota", "shifts", *OF[:-1], "Nothing")
    assert not Shift.objects.exists()


def test_a_chain_is_set_shown_and_emptied(role, adam, agnes, alice):
    words = RoleWords(name="Surgery", fillers=[alice.membership.id])
    actions.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
    told = run("rota", "set_chain", f"10:{agnes.person.email}", "5:Surgery", *OF)
    assert [line.split()[0] for line in told.splitlines()[3:]] == ["10", "15"]
    assert told == run("rota", "chain", *OF)
    with pytest.raises(CommandError, match="leads back"):
        run("rota", "set_chain", "5:Cardiology, on call", *OF)
    for bad in ("Surgery", "x:Surgery", "5:Nothing", "5:nobody@hospital-a.example"):
        with pytest.raises(CommandError):
            run("rota", "set_chain", bad, *OF)
    assert EscalationStep.objects.count() == 2
    run("rota", "set_chain", *OF)
    assert not EscalationStep.objects.exists()


def test_a_calendar_is_read_imported_and_undone(role, tmp_path):
    file = tmp_path / "rota.ics"
    file.write_bytes(calendar(event(), event(end="")))
    dry = run("rota", "import", str(file), *OF)
    assert "no end" in dry
    assert "Alice Ahrens" in dry
    assert not Shift.objects.exists()
    assert "planned: 1 shifts" in run("rota", "import", str(file), "--start", "--substitute", *OF)
    assert Shift.objects.get().rank == 2
    done = RotaImport.objects.get(state="done")
    assert done.created_by_id is None
    assert "deleted: 1 shifts" in run("rota", "undo_import", str(done.id), *OF)
    with pytest.raises(CommandError, match="moved on"):
        run("rota", "undo_import", str(done.id), *OF)


def test_what_is_of_another_role_is_not_touched(role, adam, alice, plan, tmp_path):
    shift = plan(alice, 24, 30)
    words = RoleWords(name="Surgery", fillers=[alice.membership.id])
    actions.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
    with pytest.raises(CommandError, match="not found"):
        run("rota", "remove", str(shift.id), *OF[:-1], "Surgery")
    file = tmp_path / "rota.ics"
    file.write_bytes(calendar(event(start="20260310T190000Z", end="20260311T070000Z")))
    run("rota", "import", str(file), "--start", *OF)
    done = RotaImport.objects.get()
    with pytest.raises(CommandError, match="not found"):
        run("rota", "undo_import", str(done.id), *OF[:-1], "Surgery")
    assert Shift.objects.filter(removed_at=None).count() == 2


def test_a_file_that_is_not_there_or_no_calendar_is_said(role, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("rota", "import", str(tmp_path / "nothing.ics"), *OF)
    (tmp_path / "x.ics").write_bytes(b"hello")
    with pytest.raises(CommandError, match="file: "):
        run("rota", "import", str(tmp_path / "x.ics"), *OF)
