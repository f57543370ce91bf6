"""Speciality, sub-speciality, language and duty narrow the directory, alone and together."""

import itertools
from datetime import timedelta

import pytest

from identity.access import Sought, directory
from identity.actions import set_own_languages, state_in_directory
from identity.models import Application
from identity.states import (
    BRANCHES,
    LANGUAGE_NAMES,
    SPECIALITY_NAMES,
    SUB_SPECIALITIES,
    ApplicationState,
    EvidenceKind,
    Function,
    Language,
    Speciality,
    SubSpeciality,
)
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from rota import actions as rota
from tests.conftest import member

API = "/api/v1/directory"


def names(by, **sought) -> list[str]:
    return [entry.name for entry in directory(by=by.actor, sought=Sought(**sought)).results]


def state(person, speciality="", sub_specialities=(), telematik_id=""):
    state_in_directory(
        by=SYSTEM,
        membership_id=person.membership.id,
        speciality=speciality,
        sub_specialities=sub_specialities,
        telematik_id=telematik_id,
    )


def speak(person, *tags):
    set_own_languages(by=person.actor, languages=tags)


def test_every_value_has_a_name_and_stands_in_a_tree_that_ends():
    assert set(SPECIALITY_NAMES) == set(Speciality) - {Speciality.NONE}
    assert set(SUB_SPECIALITIES) == set(SubSpeciality)
    assert set(LANGUAGE_NAMES) == set(Language)
    assert not BRANCHES.keys() & set(itertools.chain.from_iterable(BRANCHES.values())), "two levels, no more"
    for names_ in (SPECIALITY_NAMES.values(), LANGUAGE_NAMES.values()):
        assert len({str(name) for name in names_}) == len(list(names_))


def test_ones_own_speciality_counts_before_that_of_the_department(charlie, alice, anton):
    state(alice, Speciality.NEPHROLOGY)
    assert names(charlie, speciality=Speciality.NEPHROLOGY) == ["Alice Ahrens"]
    assert names(charlie, speciality=Speciality.CARDIOLOGY) == []
    [entry] = directory(by=charlie.actor, sought=Sought(query="ahrens")).results
    assert (entry.speciality, entry.speciality_code) == ("Nephrology", "nephrology")


def test_a_field_stands_for_its_branches_and_a_branch_only_for_itself(charlie, alice, anton, bob):
    assert names(charlie, speciality=Speciality.INTERNAL_MEDICINE) == ["Anton Albrecht", "Alice Ahrens"] or (
        names(charlie, speciality=Speciality.INTERNAL_MEDICINE) == ["Alice Ahrens", "Anton Albrecht"]
    )
    assert names(charlie, speciality=Speciality.CARDIOLOGY) == ["Alice Ahrens"]


def test_a_sub_speciality_is_found_and_shown(charlie, alice, anton):
    state(alice, "", [SubSpeciality.CONGENITAL_HEART, SubSpeciality.INTENSIVE_CARE])
    state(anton, "", [SubSpeciality.INTENSIVE_CARE])
    assert names(charlie, sub_speciality=SubSpeciality.CONGENITAL_HEART) == ["Alice Ahrens"]
    assert set(names(charlie, sub_speciality=SubSpeciality.INTENSIVE_CARE)) == {
        "Alice Ahrens",
        "Anton Albrecht",
    }
    page = charlie.client.get("/directory/?sub_speciality=intensive-care").content.decode()
    assert "Congenital heart disease in adults" in page
    assert "stated by the hospital" in page


def test_languages_are_found_and_shown(charlie, alice, bob):
    speak(alice, "de", "tr")
    speak(bob, "de", "uk")
    assert names(charlie, language="tr") == ["Alice Ahrens"]
    assert set(names(charlie, language="de")) == {"Alice Ahrens", "Bob Becker"}
    [entry] = charlie.api.get(f"{API}?language=uk").json()["results"]
    assert entry["languages"] == [{"code": "de", "name": "German"}, {"code": "uk", "name": "Ukrainian"}]


def test_somebody_with_two_languages_and_two_sub_specialities_is_found_once(charlie, alice):
    state(alice, "", [SubSpeciality.INTENSIVE_CARE, SubSpeciality.PAIN_THERAPY])
    speak(alice, "de", "en", "fr")
    found = directory(by=charlie.actor, sought=Sought(language="en", sub_speciality="pain-therapy"))
    assert (found.total, len(found.results)) == (1, 1)


def test_all_filters_have_to_hold(charlie, adam, alice, anton, bob, hospital_a):
    state(alice, "", [SubSpeciality.INTENSIVE_CARE])
    speak(alice, "tr")
    words = rota.RoleWords(name="Heart", is_public=True, names_holder=True, fillers=[alice.membership.id])
    role = rota.create_role(by=adam.actor, organisation_id=hospital_a.id, words=words)
    rota.take_over(by=alice.actor, role_id=role.id, until=now() + timedelta(hours=4))
    everything = {
        "query": "ahr",
        "speciality": Speciality.INTERNAL_MEDICINE,
        "sub_speciality": SubSpeciality.INTENSIVE_CARE,
        "language": "tr",
        "organisation_id": hospital_a.id,
        "on_duty": True,
    }
    assert names(charlie, **everything) == ["Alice Ahrens"]
    others = {
        "query": "bec",
        "speciality": Speciality.UROLOGY,
        "sub_speciality": SubSpeciality.PAIN_THERAPY,
        "language": "ja",
        "organisation_id": bob.organisation.id,
    }
    for name, value in others.items():
        assert names(charlie, **everything | {name: value}) == [], name


def test_the_page_shows_each_filter_as_a_chip_that_removes_it(charlie, alice, hospital_a):
    query = f"q=ahr&speciality=cardiology&language=tr&organisation={hospital_a.id}&on_duty=on"
    page = charlie.client.get(f"/directory/?{query}").content.decode()
    chips = page[page.index('class="chips"') : page.index("</ul>", page.index('class="chips"'))]
    assert chips.count('class="chip"') == 5
    for text in ("ahr", "Cardiology", "Turkish", "Hospital A", "On duty now"):
        assert text in chips
    kept = f"q=ahr&amp;speciality=cardiology&amp;organisation={hospital_a.id}&amp;on_duty=on"
    assert f'href="/directory/?{kept}"' in chips, "the address without the language"
    assert "All filters have to fit together" in page
    assert f"/roles/?speciality=cardiology&amp;organisation={hospital_a.id}&amp;on_duty=on" in page


def test_usual_sub_specialities_of_the_chosen_speciality_come_first(charlie):
    page = charlie.client.get("/directory/?speciality=radiology").content.decode()
    group = page[page.index('<optgroup label="Usual in Radiology">') :]
    assert "Neuroradiology" in group[: group.index("</optgroup>")]
    assert "Neonatology" not in group[: group.index("</optgroup>")]


@pytest.mark.parametrize("field", ["sub_speciality", "language"])
def test_values_outside_the_closed_sets_are_read_as_nothing_or_refused(charlie, alice, field):
    assert charlie.client.get(f"/directory/?{field}=nonsense").status_code == 200
    answer = charlie.api.get(f"{API}?{field}=nonsense")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_the_badge_says_by_whom_and_how(charlie, alice, bob, olga, otto):
    Application.objects.filter(organisation=alice.organisation).update(
        state=ApplicationState.APPROVED,
        checked_by=olga.person,
        checked_at=now(),
        decided_by=otto.person,
        decided_at=now(),
        domain_proven_at=now(),
        evidence_kind=EvidenceKind.TELEMATIK_ID,
    )
    by_name = {each.name: each.verification.source for each in directory(by=charlie.actor).results}
    assert by_name["Alice Ahrens"] == (
        "by the operator of this service: domain and Telematik-ID, checked by two people"
    )
    assert by_name["Bob Becker"] == "by the operator of this service"


def test_the_value_sets_can_be_read(charlie):
    sets = charlie.api.get(f"{API}/value-sets").json()
    cardiology = next(each for each in sets["specialities"] if each["code"] == "cardiology")
    assert cardiology == {"code": "cardiology", "name": "Cardiology", "branches": []}
    heart = next(each for each in sets["sub_specialities"] if each["code"].startswith("adult-congenital"))
    assert heart["within"] == ["cardiology"]
    assert {"code": "gsg", "name": "German Sign Language"} in sets["languages"]


def test_the_number_of_queries_does_not_grow_with_what_people_state(
    charlie, hospital_a, django_assert_num_queries
):
    for number in range(12):
        person = member(hospital_a, f"P{number}", f"Q{number}", Function.PHYSICIAN, Speciality.CARDIOLOGY)
        state(person, "", [SubSpeciality.INTENSIVE_CARE, SubSpeciality.PAIN_THERAPY])
        speak(person, "de", "en")
    with django_assert_num_queries(7):
        directory(
            by=charlie.actor,
            sought=Sought(speciality="cardiology", sub_speciality="intensive-care", language="en"),
        )
