"""The work list: what waits for a person, and for nobody else."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.clock import now
from storage import actions as storage
from storage.access import FindingCard, PatientCard
from tests.cast import Member

pytestmark = pytest.mark.django_db
Patients = Callable[..., PatientCard]
Findings = Callable[[Member, PatientCard], FindingCard]


def test_a_stranger_is_sent_to_the_sign_in(client: Any) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(("language", "title"), [("de", "Arbeitsliste"), ("en", "Work list")])
def test_alice_finds_her_work_list_in_her_language(alice: Member, language: str, title: str) -> None:
    alice.client.cookies["language"] = language
    page = alice.client.get("/").content.decode()
    assert f'<html lang="{language}">' in page
    assert f"<h1>{title}</h1>" in page


def test_a_conversation_is_offered_to_those_who_can_begin_one(
    alice: Member, adam: Member, sara: Member, olga: Member
) -> None:
    """Not in the sandbox, nor to operators, whose organisation is never verified."""
    offered = [
        "/conversations/new/" in who.client.get("/").content.decode() for who in (alice, adam, sara, olga)
    ]
    assert offered == [True, True, False, False]


def test_on_the_first_day_each_empty_list_says_what_to_do(alice: Member) -> None:
    page = alice.client.get("/").content.decode()
    assert "Nobody has shared anything with you" in page
    assert "You have not opened a patient yet" in page


def test_alice_finds_the_patients_whose_folders_she_opened_the_latest_first(
    alice: Member, patient_of: Patients
) -> None:
    for number, name in enumerate(["Adler", "Buche", "Cedric"]):
        patient = patient_of(alice, name, f"P-{number}")
        storage.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    patient_of(alice, "Unopened", "P-9")
    shown = alice.client.get("/").context["work"].patients
    assert [patient.family_name for patient in shown] == ["Cedric", "Buche", "Adler"]


def test_anton_does_not_find_what_alice_opened(alice: Member, anton: Member, patient_of: Patients) -> None:
    storage.open_patient_folder(by=alice.actor, patient_id=patient_of(alice).patient_id)
    assert "Muster" not in anton.client.get("/").content.decode()


def test_the_list_of_patients_is_short(alice: Member, patient_of: Patients) -> None:
    for number in range(8):
        patient = patient_of(alice, f"Name{number}", f"P-{number}")
        storage.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    assert len(alice.client.get("/").context["work"].patients) == 6


def test_adam_who_is_no_clinician_finds_no_patients(
    alice: Member, adam: Member, patient_of: Patients
) -> None:
    storage.open_patient_folder(by=alice.actor, patient_id=patient_of(alice).patient_id)
    answer = adam.client.get("/")
    assert "Muster" not in answer.content.decode()
    assert "you see no patients" in answer.content.decode()
    assert answer.context["work"].patients == []
    assert 'href="/patients/"' not in answer.content.decode()


class TestShared:
    """Bob at hospital B has received a finding from Alice at hospital A."""

    @pytest.fixture
    def finding(self, alice: Member, patient_of: Patients, clean_finding: Findings) -> FindingCard:
        return clean_finding(alice, patient_of(alice))

    @pytest.fixture(autouse=True)
    def _share(self, alice: Member, bob: Member, finding: FindingCard) -> None:
        storage.share_finding(
            by=alice.actor,
            finding_id=finding.finding_id,
            membership_id=bob.membership.id,
            purpose="second-opinion",
            expires_at=now() + dt.timedelta(days=7),
        )

    def test_bob_finds_it_with_who_shared_it_and_until_when(self, bob: Member) -> None:
        page = bob.client.get("/").content.decode()
        assert "Muster, Erika" in page
        assert "from Alice Ahrens, Hospital A" in page

    def test_the_count_equals_the_list(self, bob: Member) -> None:
        page = bob.client.get("/").content.decode()
        assert '<span class="count">1</span>' in page
        assert page.count('href="/findings/') == 1

    def test_charlie_and_alice_do_not(self, alice: Member, charlie: Member) -> None:
        assert alice.client.get("/").context["work"].shared == []
        assert charlie.client.get("/").context["work"].shared == []

    def test_it_is_gone_once_alice_has_revoked_it(self, alice: Member, bob: Member) -> None:
        [card] = bob.client.get("/").context["work"].shared
        storage.revoke_share(by=alice.actor, share_id=card.share.share_id)
        assert "Muster" not in bob.client.get("/").content.decode()


def reads() -> int:
    return AuditEvent.objects.filter(event=Event.PATIENT_LIST.value).count()


def test_naming_patients_is_recorded_and_an_empty_list_is_not(alice: Member, patient_of: Patients) -> None:
    alice.client.get("/")
    assert reads() == 0
    storage.open_patient_folder(by=alice.actor, patient_id=patient_of(alice).patient_id)
    before = reads()
    alice.client.get("/")
    assert reads() == before + 1


def test_the_number_of_queries_does_not_grow_with_the_lists(
    alice: Member, patient_of: Patients, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        patient = patient_of(alice, f"Name{number}", f"P-{number}")
        storage.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    with django_assert_max_num_queries(20):
        alice.client.get("/")
