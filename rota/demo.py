"""A rota for the demo data, made by the same actions as everything else: the cardiologist on call of both hospitals."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from identity.access import membership
from identity.access.people import department_named
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.clock import now
from rota import actions
from rota.actions import RoleWords, Step
from rota.states import FilledBy, Rank
from rota.times import instant, monday_of

CHANGES = (8, 20)
WEEKS = 2


def make_demo_rotas(*, actors: Mapping[str, Actor]) -> None:
    """Give each hospital of the demo a role with a rota for this week and the next."""
    hospitals: dict[str, list[Actor]] = {}
    for email, actor in actors.items():
        hospitals.setdefault(email.partition("@")[2], []).append(actor)
    for people in hospitals.values():
        clinicians = [actor for actor in people if actor.has(Role.CLINICIAN)][:3]
        if len(clinicians) > 1:
            _rota(clinicians)


def _rota(people: Sequence[Actor]) -> None:
    members = [each.membership_id for each in people if each.membership_id is not None]
    organisation_id = membership(by=SYSTEM, membership_id=members[0]).organisation_id
    ward = department_named(by=SYSTEM, organisation_id=organisation_id, name="Kardiologie")
    words = RoleWords(
        name="Kardiologie, Dienstarzt",
        description="Fragen zu EKG, Herzkatheter und Verlegung",
        department_id=ward.id if ward else None,
        filled_by=FilledBy.LIST,
        is_public=True,
        names_holder=True,
        fillers=members,
        planners=members[:1],
    )
    role = actions.create_role(by=SYSTEM, organisation_id=organisation_id, words=words)
    steps = [Step(wait_minutes=10, membership_id=members[-1])]
    actions.set_chain(by=SYSTEM, role_id=role.id, steps=steps)
    begin = now()
    for number, until in enumerate(edge for edge in _edges() if edge > begin):
        _plan(role.id, members[number % len(members)], begin, until, Rank.HOLDER)
        begin = until
    _plan(role.id, members[-1], now(), begin, Rank.SUBSTITUTE)


def _edges() -> list[datetime]:
    """When shifts change, from today until the end of next week."""
    today = timezone.localdate()
    last = monday_of(today) + timedelta(weeks=WEEKS)
    days = (today + timedelta(days=ahead) for ahead in range((last - today).days + 1))
    return [instant(datetime.combine(day, time(hour))) for day in days for hour in CHANGES]


def _plan(role_id: uuid.UUID, membership_id: uuid.UUID, begin: datetime, until: datetime, rank: Rank) -> None:
    actions.plan_shift(
        by=SYSTEM, role_id=role_id, membership_id=membership_id, starts_at=begin, ends_at=until, rank=rank
    )
