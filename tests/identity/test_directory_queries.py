"""What a search of the directory asks of the database: the same, however many people, roles and shifts there are."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection

from identity.access import Sought, directory
from identity.actions import set_own_languages, state_in_directory
from identity.states import Function, Speciality, SubSpeciality
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from rota import actions as rota
from rota.models import Shift
from rota.states import Rank
from tests.conftest import member

ACCESS = 5
"""Count, ids of the page, the page, what they have stated, who is on duty."""
AROUND = 4 + (1 if connection.vendor == "postgresql" else 3)
"""Session and person; the event (on PostgreSQL in one statement), in a transaction, which counts as two."""
KINDS = [
    ({"q": "q"}, 0),
    ({"speciality": Speciality.CARDIOLOGY}, 0),
    ({"sub_speciality": SubSpeciality.INTENSIVE_CARE}, 0),
    ({"language": "en"}, 0),
    ({"hospital": "hosp"}, 1),  # those that one may see
    ({"on_duty": "on"}, -1),  # read at once, and counted here
    ({"q": "q", "hospital": "hosp", "language": "en", "on_duty": "on"}, 0),
]


def staff(hospital, numbers) -> None:
    """Colleagues who have stated all there is to state, each with a role of their own that they hold now."""
    for number in numbers:
        person = member(hospital, f"P{number}", f"Q{number}", Function.PHYSICIAN, Speciality.CARDIOLOGY)
        codes = [SubSpeciality.INTENSIVE_CARE, SubSpeciality.PAIN_THERAPY]
        state_in_directory(
            by=SYSTEM,
            membership_id=person.membership.id,
            speciality="",
            sub_specialities=codes,
            telematik_id="",
        )
        set_own_languages(by=person.actor, languages=["de", "en"])
        words = rota.RoleWords(
            name=f"R{number}", is_public=True, names_holder=True, fillers=[person.membership.id]
        )
        role = rota.create_role(by=SYSTEM, organisation_id=hospital.id, words=words)
        for day in range(3):
            Shift.objects.create(
                id=new_id(),
                role=role,
                membership=person.membership,
                rank=Rank.HOLDER,
                starts_at=now() + timedelta(days=day) - timedelta(hours=1),
                ends_at=now() + timedelta(days=day + 1) - timedelta(hours=1),
            )


@pytest.mark.parametrize(("asked", "more"), KINDS)
def test_every_kind_of_search_asks_the_same_for_few_and_for_many(
    charlie, hospital_a, asked, more, django_assert_num_queries
):
    sought = Sought(**{"query" if name == "q" else name: value for name, value in asked.items()})
    acting = replace(charlie.actor, organisation_verified=True)  # as the check of a session finds it
    for numbers in (range(1), range(1, 13)):
        staff(hospital_a, numbers)
        with django_assert_num_queries(ACCESS + more):
            found = directory(by=acting, sought=sought)
        assert found.total == numbers.stop
        assert all(each.duties == (each.name.split()[0].replace("P", "R"),) for each in found.results)
        with django_assert_num_queries(ACCESS + more + AROUND):
            assert charlie.api.get(f"/api/v1/directory?{urlencode(asked)}").json()["total"] == found.total
        with django_assert_num_queries(ACCESS + more + AROUND):
            assert charlie.client.get(f"/directory/?{urlencode(asked)}").status_code == 200
