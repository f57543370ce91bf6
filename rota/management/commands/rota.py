"""`manage.py rota …`: the shifts and the chain of one role; see its help."""

import uuid
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.timezone import localtime

from identity.access.people import organisation_by_domain, person_by_email
from identity.access.staff import staff_membership_of
from identity.management.plain import ActionCommand, content_of
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from rota import access, actions
from rota.actions import Step
from rota.states import Rank
from rota.times import instant

RANKS = {Rank.TAKEN_OVER: "taken over", Rank.HOLDER: "on duty", Rank.SUBSTITUTE: "substitute"}


class Command(ActionCommand):
    help = "Show or plan the shifts of a role, also from a calendar; show or set its chain; tell its history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        shifts = what.add_parser("shifts", help="those that touch the days from now on")
        shifts.add_argument("--days", type=int, default=14)
        plan = what.add_parser("plan", help="a shift, in the time zone of the service")
        plan.add_argument("email", help="of who is on duty")
        for end in ("begins", "ends"):
            plan.add_argument(end, type=datetime.fromisoformat, help="as 2026-12-31T20:00")
        plan.add_argument("--weeks", type=int, default=0, help="the same in each of so many that follow")
        remove = what.add_parser("remove", help="deletes a shift that has not begun; ends one that has")
        chain = what.add_parser("chain", help="who is asked next")
        set_chain = what.add_parser("set_chain", help="in place of what was said before; no steps: nobody")
        set_chain.add_argument(
            "step",
            nargs="*",
            help="minutes, a colon, and an e-mail address or the name of a role, as 10:a@x.example",
        )
        history = what.add_parser("history", help="who held what when, and who changed it")
        read = what.add_parser(
            "import", help="reads an iCalendar file; without --start, only says what it is"
        )
        read.add_argument("file", type=Path)
        read.add_argument("--start", action="store_true", help="plans the shifts of the good events")
        undo = what.add_parser("undo_import", help="deletes the shifts of an import that have not begun")
        for each in (plan, read):
            each.add_argument("--substitute", action="store_true")
        for each in (remove, undo):
            each.add_argument("id", type=uuid.UUID)
        for each in (shifts, plan, remove, chain, set_chain, history, read, undo):
            each.add_argument("--organisation", required=True, help="its domain")
            each.add_argument("--role", required=True, help="its name")

    def run(self, *, what: str, organisation: str, role: str, **options: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        getattr(self, f"_{what}")(_role(place.id, role), options)

    def _shifts(self, role: Any, options: dict[str, Any]) -> None:
        until = now() + timedelta(days=options["days"])
        rows = [
            (str(turn.shift_id), _time(turn.starts_at), _time(turn.ends_at), _rank(turn.rank), turn.name)
            for turn in access.shifts(by=SYSTEM, role_id=role.id, since=now(), until=until)
        ]
        self.table(("id", "begins", "ends", "rank", "who"), rows)

    def _plan(self, role: Any, options: dict[str, Any]) -> None:
        made = actions.plan_shift(
            by=SYSTEM,
            role_id=role.id,
            membership_id=_membership_id(role.organisation_id, options["email"]),
            starts_at=_instant(options["begins"]),
            ends_at=_instant(options["ends"]),
            rank=_wanted_rank(options),
            weeks=options["weeks"],
        )
        for shift in made:
            self.stdout.write(f"planned: {shift.id}, {_time(shift.starts_at)} to {_time(shift.ends_at)}")

    def _remove(self, role: Any, options: dict[str, Any]) -> None:
        found = access.planned_shift(by=SYSTEM, shift_id=options["id"])
        _require_of(role, found.role_id)
        actions.remove_shift(by=SYSTEM, shift_id=found.id)
        self.stdout.write("removed")

    def _chain(self, role: Any, _: dict[str, Any]) -> None:
        rows = [
            (str(link.after_minutes), link.role_name, link.name or "nobody")
            for link in access.role_page(by=SYSTEM, role_id=role.id).chain
        ]
        self.table(("after minutes", "role", "who"), rows)

    def _set_chain(self, role: Any, options: dict[str, Any]) -> None:
        steps = [_step(role.organisation_id, text) for text in options["step"]]
        actions.set_chain(by=SYSTEM, role_id=role.id, steps=steps)
        self._chain(role, options)

    def _history(self, role: Any, _: dict[str, Any]) -> None:
        rows = [
            (
                _time(each.at),
                each.act,
                each.by_name or "the service",
                each.whose,
                _rank(each.rank),
                _time(each.starts_at),
                _time(each.ends_at),
                each.reason,
            )
            for each in access.history(by=SYSTEM, role_id=role.id)
        ]
        self.table(("at", "what", "by", "whose", "rank", "begins", "ends", "reason"), rows)

    def _import(self, role: Any, options: dict[str, Any]) -> None:
        content, rank = content_of(options["file"]), _wanted_rank(options)
        made = actions.check_calendar(by=SYSTEM, role_id=role.id, content=content, rank=rank)
        file = access.import_file(by=SYSTEM, import_id=made.id)
        if file.faults:
            wrong = [(str(each.number), each.begins, each.summary, each.reason) for each in file.faults]
            self.table(("event", "begins", "title", "why it is no shift"), wrong)
        self.table(
            ("begins", "ends", "who"),
            [(_time(each.starts_at), _time(each.ends_at), each.name) for each in file.rows],
        )
        if options["start"]:
            done = actions.start_import(by=SYSTEM, import_id=made.id)
            self.stdout.write(f"planned: {done.planned} shifts, import {done.id}")

    def _undo_import(self, role: Any, options: dict[str, Any]) -> None:
        found = access.rota_import(by=SYSTEM, import_id=options["id"])
        _require_of(role, found.role_id)
        count = actions.undo_import(by=SYSTEM, import_id=found.id)
        self.stdout.write(f"deleted: {count} shifts that had not begun")


def _role(organisation_id: uuid.UUID, name: str) -> Any:
    for role in access.roles_of(by=SYSTEM, organisation_id=organisation_id):
        if role.name == name:
            return role
    raise NotFound(f"there is no role {name!r}")


def _require_of(role: Any, role_id: uuid.UUID) -> None:
    """The service sees every rota: what is of another role than the one that was named is a slip."""
    if role.id != role_id:
        raise NotFound


def _membership_id(organisation_id: uuid.UUID, email: str) -> uuid.UUID:
    person = person_by_email(by=SYSTEM, email=email)
    return staff_membership_of(by=SYSTEM, person_id=person.id, organisation_id=organisation_id).id


def _step(organisation_id: uuid.UUID, text: str) -> Step:
    minutes, colon, who = text.partition(":")
    if not (colon and minutes.isdecimal()):
        raise CommandError(f"{text!r} is no step: write minutes, a colon, and whom")
    if "@" in who:
        return Step(int(minutes), membership_id=_membership_id(organisation_id, who))
    return Step(int(minutes), role_id=_role(organisation_id, who).id)


def _wanted_rank(options: dict[str, Any]) -> Rank:
    return Rank.SUBSTITUTE if options["substitute"] else Rank.HOLDER


def _instant(given: datetime) -> datetime:
    return instant(given) if given.tzinfo is None else given


def _time(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def _rank(rank: int) -> str:
    return RANKS[Rank(rank)]
