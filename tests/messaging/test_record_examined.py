"""What becomes of messages that were taken into the record once their documents are examined: there, or marked again."""

import datetime as dt
import sys

import pytest
import time_machine

from audit.events import Event
from medicus.lib.errors import NotFound
from messaging.actions import conclude_export
from messaging.models import Mark, RecordExport
from storage.objects import sealed
from storage.scan import Infected
from tests.messaging.ageing import START, Rows, bodies, close, events, run
from tests.messaging.recording import Paper, marked, paper
from tests.messaging.rooms import Room, make_room
from tests.storage.folders import examine, receive

PDF = b"%PDF-1.7\n% an echo\n%%EOF\n"


@pytest.fixture
def case(alice, anton, bob, equipped) -> Room:
    """Alice and Anton of Hospital A with Bob of Hospital B; the case is Hospital A's."""
    equipped(alice, anton, bob)
    return make_room(alice, anton, bob, kind="case")


@pytest.fixture
def sheet(alice, case) -> Paper:
    """Two messages of Alice that are marked, of a case that names a record."""
    return paper(alice, case)


def take(by, room, sent):
    return by.api.post(f"{room.path}/case/exports", sent)


def examined(export):
    for finding in (export.bundle, export.sheet):
        examine(finding)


def says_examined(member, room):
    return {each["examined"] for each in member.api.get(room.path).json()["recorded"]}


def reject(finding, monkeypatch):
    """The scanner finds something in this one."""

    def finds(_content):
        raise Infected("Eicar")

    with monkeypatch.context() as scanner:
        scanner.setattr(sys.modules["storage.actions.ingest"], "scan", finds)
        assert examine(finding).state == "rejected"


class TestExamination:
    """Both documents are scanned after they were taken in: until then nothing is in the record, and it may come otherwise."""

    def test_until_both_are_sound_it_is_examined_and_then_all_are_told(self, sheet, case, alice, bob, told):
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        assert says_examined(bob, case) == {False}
        examine(export.bundle)
        assert says_examined(bob, case) == {False}
        before = len(told())
        examine(export.sheet)
        assert says_examined(bob, case) == {True}
        assert any(bob.person.id in news.people for news in told()[before:])
        assert events(Event.MESSAGE_EXPORT_REFUSE, alice.organisation) == 0

    @pytest.mark.parametrize(("infected", "sound"), [("sheet", "bundle"), ("bundle", "sheet")])
    @pytest.mark.parametrize("refused_first", [True, False])
    def test_a_refused_document_gives_the_marks_back(
        self, sheet, case, alice, bob, monkeypatch, infected, sound, refused_first
    ):
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        if not refused_first:
            examine(getattr(export, sound))
        reject(getattr(export, infected), monkeypatch)
        if refused_first:
            examine(getattr(export, sound))
        group = alice.api.get(case.path).json()
        assert group["recorded"] == []
        assert {(each["message_id"], each["own"]) for each in group["marks"]} == {
            (message_id, True) for message_id in sheet.messages
        }
        assert events(Event.MESSAGE_EXPORT_REFUSE, alice.organisation) == 1
        assert events(Event.MESSAGE_EXPORT_REFUSE, bob.organisation) == 1
        assert take(alice, case, sheet.signed()).status_code == 200
        examined(RecordExport.objects.exclude(pk=export.pk).get())
        assert says_examined(alice, case) == {True}

    def test_both_refused_is_one_taking_back(self, sheet, case, alice, monkeypatch):
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        for finding in (export.bundle, export.sheet):
            reject(finding, monkeypatch)
        assert events(Event.MESSAGE_EXPORT_REFUSE, alice.organisation) == 1
        assert Mark.objects.filter(state="marked", export=None).count() == 2

    def test_what_was_given_back_can_be_waived(self, sheet, case, alice, monkeypatch):
        take(alice, case, sheet.signed())
        reject(RecordExport.objects.get().sheet, monkeypatch)
        path = f"{case.path}/marks/{sheet.messages[0]}/waive"
        assert alice.api.post(path, {"reason": "documented"}).status_code == 200

    def test_a_message_that_was_marked_again_meanwhile_is_marked_once(
        self, sheet, case, alice, anton, monkeypatch
    ):
        take(alice, case, sheet.signed())
        again, other = sheet.messages
        marked(case, anton, again)
        reject(RecordExport.objects.get().bundle, monkeypatch)
        assert Mark.objects.filter(state="marked", message_id=again).get().marked_by == anton.person
        old = Mark.objects.get(state="waived", message_id=again)
        assert (old.reason, old.waived_by) == ("duplicate", anton.person)
        assert Mark.objects.filter(message_id=other).get().state == "marked"

    def test_one_that_a_second_document_holds_is_not_asked_for_again(
        self, sheet, case, alice, anton, monkeypatch
    ):
        take(alice, case, sheet.signed())
        first = RecordExport.objects.get()
        marked(case, anton, sheet.messages[0])
        one = Paper(anton, case, sheet.patient, sheet.messages[:1], about={"sender": alice})
        assert take(anton, case, one.signed()).status_code == 200
        examined(RecordExport.objects.exclude(pk=first.pk).get())
        assert says_examined(alice, case) == {True, False}
        reject(first.sheet, monkeypatch)
        states = Mark.objects.filter(message_id=sheet.messages[0]).values_list("state", flat=True)
        assert sorted(states) == ["exported", "waived"]
        assert says_examined(alice, case) == {True}

    def test_another_refused_finding_changes_no_mark(self, sheet, case, alice, monkeypatch):
        take(alice, case, sheet.signed())
        other = receive(alice, sheet.patient, PDF, name="Echo.pdf", media_type="application/pdf")
        reject(other, monkeypatch)
        assert Mark.objects.filter(state="exported").count() == 2

    def test_only_the_service_says_so(self, sheet, case, alice):
        take(alice, case, sheet.signed())
        finding_id = RecordExport.objects.get().sheet_id
        with pytest.raises(NotFound):
            conclude_export(by=alice.actor, finding_id=finding_id, accepted=False)


class TestRetention:
    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel(START, tick=False):
            yield Rows()

    def test_what_is_shredded_in_the_record_later_keeps_no_message(self, sheet, case, alice, clock):
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        examined(export)
        sealed.shred(export.sheet.stored_object)
        assert says_examined(alice, case) == {True}
        assert alice.api.get(case.path).json()["marks"] == []
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (2, [False, False])

    def test_a_refused_document_keeps_no_message_once_the_mark_is_waived(
        self, sheet, case, alice, clock, monkeypatch
    ):
        take(alice, case, sheet.signed())
        reject(RecordExport.objects.get().sheet, monkeypatch)
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (0, [True, True])
        for message_id in sheet.messages:
            alice.api.post(f"{case.path}/marks/{message_id}/waive", {"reason": "mistake"})
        assert (run(), bodies(case)) == (2, [False, False])
