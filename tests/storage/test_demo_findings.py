"""The demo data: three patients at the first hospital, and a CT that has been examined like any other."""

import pytest

from storage.access import findings_of, patients
from storage.demo import make_demo_findings
from storage.states import ObjectState
from tests.cast import Member

pytestmark = pytest.mark.django_db


def test_the_demo_has_patients_and_a_clean_ct_at_the_first_clinicians_hospital(
    adam: Member, alice: Member, bob: Member
) -> None:
    actors = {member.person.email: member.actor for member in (adam, alice, bob)}
    make_demo_findings(actors=actors)
    made = {card.family_name: card for card in patients(by=alice.actor)}
    assert set(made) == {"CompressedSamples", "Mustermann", "Özdemir"}
    (ct,) = findings_of(by=alice.actor, patient_id=made["CompressedSamples"].patient_id)
    assert ct.state == ObjectState.CLEAN
    assert ct.attributes is not None
    assert ct.attributes.modality == "CT"
    assert patients(by=bob.actor) == []
