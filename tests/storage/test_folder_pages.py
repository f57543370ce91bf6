"""The pages of patients, findings and shares, as HTML: only sending and showing images need JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from medicus.lib.ids import new_id
from storage import actions
from storage.access import FindingCard
from storage.models import Patient, Share
from tests.cast import Member
from tests.storage import dicom_files as files
from tests.storage.folders import clean, examine, folder_of, receive, share

pytestmark = [pytest.mark.usefixtures("quick_child"), pytest.mark.django_db]
ERIKA = {"family_name": "Muster", "given_name": "Erika", "born_on": "1964-08-12", "identifier": "4711"}


@pytest.fixture
def ct(alice: Member) -> FindingCard:
    """A clean finding of Alice's hospital."""
    return clean(alice)


def page(member: Member, address: str, **query: str) -> str:
    answer = member.client.get(address, query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert not re.search(r"<[^>]+\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=", text), "inline style or script"
    return text


# patients


def test_alice_makes_a_folder_with_the_form(alice: Member) -> None:
    answer = alice.client.post("/patients/", ERIKA)
    made = Patient.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{made.id}/")
    text = page(alice, answer["Location"])
    assert "Muster, Erika" in text
    assert "The patient&#x27;s folder has been made." in text
    assert "There are no findings yet" in text


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(alice: Member) -> None:
    answer = alice.client.post("/patients/", ERIKA | {"born_on": "2999-01-01"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "This is not a date of birth." in text
    assert 'value="Muster"' in text
    assert 'href="#id_born_on"' in text


def test_a_number_that_is_taken_is_said_at_its_field(alice: Member) -> None:
    folder_of(alice)
    answer = alice.client.post("/patients/", ERIKA)
    assert answer.status_code == 400
    assert answer.content.decode().count("There already is a patient with this identifier.") >= 2


def test_the_list_searches_and_counts(alice: Member, ct: FindingCard) -> None:
    folder_of(alice, family_name="Anders", identifier="4712")
    assert "1 finding<" in page(alice, "/patients/")
    found = page(alice, "/patients/", q="must")
    assert "Muster, Erika" in found
    assert "Anders" not in found
    assert "Nobody was found" in page(alice, "/patients/", q="Schmidt")


def test_the_first_list_says_what_to_do(alice: Member) -> None:
    assert "There are no patients yet" in page(alice, "/patients/")


# findings


def test_the_folder_shows_states_reasons_and_that_nothing_was_scanned(alice: Member, ct: FindingCard) -> None:
    patient = actions.open_patient_folder(by=alice.actor, patient_id=ct.patient.patient_id).patient
    examine(receive(alice, patient, files.meta() + files.header(family_name="Anders")))
    text = page(alice, f"/patients/{patient.patient_id}/")
    assert "Available" in text
    assert "Rejected" in text
    assert "IM000001.<wbr>dcm" in text
    assert "are those of another patient" in text
    assert "not scanned for malware" in text
    assert "data-busy" not in text
    receive(alice, patient)
    assert "data-busy" in page(alice, f"/patients/{patient.patient_id}/")


def test_the_upload_names_the_patient(alice: Member) -> None:
    patient = folder_of(alice)
    text = page(alice, f"/patients/{patient.patient_id}/")
    assert f'<medicus-upload kind="finding" patient="{patient.patient_id}">' in text


def test_the_viewer_names_patient_source_and_caution(alice: Member, ct: FindingCard) -> None:
    text = page(alice, f"/findings/{ct.finding_id}/")
    assert "Muster, Erika" in text
    assert "Not for primary diagnosis." in text
    assert "Not scanned for malware" in text
    assert f'src="/api/v1/findings/{ct.finding_id}/file" poll="/api/v1/findings/{ct.finding_id}"' in text
    assert "Shared for" not in text


def test_the_viewer_of_what_is_not_clean_shows_why(alice: Member) -> None:
    arrived = receive(alice, folder_of(alice), b"x" * 200)
    assert "Being examined" in page(alice, f"/findings/{arrived.pk}/")
    examine(arrived)
    text = page(alice, f"/findings/{arrived.pk}/")
    assert "This is not a DICOM file." in text
    assert "medicus-dicom-viewer" not in text


def test_who_looked_stands_in_the_folder(alice: Member, anton: Member, bob: Member, ct: FindingCard) -> None:
    address = f"/patients/{ct.patient.patient_id}/"
    assert "Nobody has opened a finding of this patient yet." in page(alice, address)
    share(alice, ct.finding_id, bob)
    page(anton, f"/findings/{ct.finding_id}/")
    page(bob, f"/findings/{ct.finding_id}/")
    looked = page(alice, address).split("Who looked")[1]
    assert "Anton Albrecht" in looked
    assert "Bob Becker" in looked
    assert "Hospital B" in looked


# shares


def test_alice_finds_bob_chooses_a_purpose_and_an_end_and_shares(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    address = f"/patients/{ct.patient.patient_id}/"
    assert "Share a finding" not in page(alice, address)
    assert "Share a finding" in page(alice, address, share=str(ct.finding_id))
    found = page(alice, address, share=str(ct.finding_id), q="beck")
    assert f'value="{bob.membership.id}"' in found
    day = timezone.localdate() + timedelta(days=3)
    answer = alice.client.post(
        f"/findings/{ct.finding_id}/shares/",
        {
            "q": "beck",
            "membership_id": str(bob.membership.id),
            "purpose": "tumour-board",
            "day": day.isoformat(),
        },
    )
    assert (answer.status_code, answer["Location"]) == (302, address)
    made = Share.objects.get()
    assert timezone.localtime(made.expires_at).strftime("%Y-%m-%d %H:%M") == f"{day} 23:59"
    text = page(alice, address)
    assert "Shared with Bob Becker." in text
    assert "Tumour board" in text


def test_colleagues_of_the_own_hospital_are_not_offered(
    alice: Member, anton: Member, ct: FindingCard
) -> None:
    address = f"/patients/{ct.patient.patient_id}/"
    text = page(alice, address, share=str(ct.finding_id), q="Albrecht")
    assert str(anton.membership.id) not in text
    assert "Nobody was found at another hospital." in text


WRONG = {
    "purpose": ({"purpose": ""}, "This field is required."),
    "day": ({"day": "2020-01-01"}, "The end lies in the future, at most a year away."),
    "no colleague": ({"membership_id": ""}, "Please choose a colleague."),
    "a stranger": ({"membership_id": str(new_id())}, "Select a valid choice."),
}


@pytest.mark.parametrize(("change", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_the_share_form_says_what_is_wrong(
    alice: Member, bob: Member, ct: FindingCard, change: dict[str, str], sentence: str
) -> None:
    given = {
        "q": "beck",
        "membership_id": str(bob.membership.id),
        "purpose": "second-opinion",
        "day": (timezone.localdate() + timedelta(days=3)).isoformat(),
    }
    answer = alice.client.post(f"/findings/{ct.finding_id}/shares/", given | change)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Share.objects.exists()


def test_a_page_with_a_wrong_form_can_be_loaded_again_and_searched_on(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    address = f"/findings/{ct.finding_id}/shares/"
    alice.client.post(address, {"q": "beck"})
    again = alice.client.get(address)
    form = f"/patients/{ct.patient.patient_id}/?share={ct.finding_id}"
    assert (again.status_code, again["Location"]) == (302, f"{form}#share")
    searched = alice.client.get(address, {"share": str(ct.finding_id), "q": "beck"})
    assert searched["Location"] == f"{form}&q=beck#share"
    assert f'value="{bob.membership.id}"' in page(alice, searched["Location"])
    assert bob.client.get(address).status_code == 404


def test_bob_finds_it_under_shared_with_me_with_its_purpose(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    assert "Nothing is shared with you" in page(bob, "/shared/")
    share(alice, ct.finding_id, bob)
    text = page(bob, "/shared/")
    assert "Muster, Erika" in text
    assert "Second opinion" in text
    viewer = page(bob, f"/findings/{ct.finding_id}/")
    assert "Shared for: Second opinion" in viewer
    assert "Hospital A" in viewer
    assert f"/patients/{ct.patient.patient_id}/" not in viewer


def test_alice_ends_the_access_and_bob_reads_not_found(alice: Member, bob: Member, ct: FindingCard) -> None:
    made = share(alice, ct.finding_id, bob)
    answer = alice.client.post(f"/shares/{made.share_id}/revoke/")
    assert answer["Location"] == f"/patients/{ct.patient.patient_id}/"
    text = page(alice, answer["Location"])
    assert "Bob Becker has no access any more." in text
    assert "Revoked" in text
    assert bob.client.get(f"/findings/{ct.finding_id}/").status_code == 404
    assert "Nothing is shared with you" in page(bob, "/shared/")


def test_others_find_no_page_and_no_button(
    alice: Member, adam: Member, bob: Member, charlie: Member, ct: FindingCard
) -> None:
    made = share(alice, ct.finding_id, bob)
    for other in (adam, charlie, bob):
        assert other.client.get(f"/patients/{ct.patient.patient_id}/").status_code == 404
        assert other.client.post(f"/shares/{made.share_id}/revoke/").status_code == 404
        assert other.client.post(f"/findings/{ct.finding_id}/shares/", {}).status_code == 404
    for other in (adam, charlie):
        assert other.client.get(f"/findings/{ct.finding_id}/").status_code == 404
    assert Share.objects.get().state == "active"


def test_strangers_are_sent_to_the_sign_in(client, ct: FindingCard) -> None:
    for address in (
        "/patients/",
        f"/patients/{ct.patient.patient_id}/",
        f"/findings/{ct.finding_id}/",
        "/shared/",
    ):
        assert client.get(address).status_code == 302
    for address in ("", "/file", "/preview"):
        assert client.get(f"/api/v1/findings/{ct.finding_id}{address}").status_code == 401


def test_the_pages_speak_german_by_default(alice: Member, bob: Member, ct: FindingCard) -> None:
    share(alice, ct.finding_id, bob)
    for member in (alice, bob):
        del member.client.cookies["language"]
    pages = [
        alice.client.get("/patients/"),
        alice.client.get(f"/patients/{ct.patient.patient_id}/", {"share": str(ct.finding_id), "q": "beck"}),
        alice.client.get(f"/findings/{ct.finding_id}/"),
        bob.client.get("/shared/"),
    ]
    for answer, word in zip(
        pages,
        ("Neue Akte", "Wer hineingesehen hat", "Nicht für die Primärbefundung", "Mit mir geteilt"),
        strict=True,
    ):
        assert word in answer.content.decode()
