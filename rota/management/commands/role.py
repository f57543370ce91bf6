"""`manage.py role …`: what an operator does with the roles of an organisation; see its help."""

from argparse import ArgumentParser
from typing import Any

from django.utils.timezone import localtime

from identity.access.people import department_named, organisation_by_domain, person_by_email
from identity.access.staff import staff_membership_of
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from rota import access, actions
from rota.actions import RoleWords
from rota.states import FilledBy


class Command(ActionCommand):
    help = "Add a role to an organisation, list roles with who is on duty, or close one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        listing = what.add_parser("list", help="the open roles, and who holds each now")
        adding = what.add_parser("add")
        closing = what.add_parser("close", help="its name is free again; its history stays")
        for each in (listing, adding, closing):
            each.add_argument("--organisation", required=True, help="its domain")
        adding.add_argument("name")
        adding.add_argument("--description", default="")
        adding.add_argument("--department", default="", help="whose people fill it")
        adding.add_argument(
            "--filler", action="append", default=[], help="e-mail address of somebody who fills it"
        )
        adding.add_argument("--public", action="store_true", help="other verified organisations find it")
        adding.add_argument("--names-holder", action="store_true", help="their clinicians see who is on duty")
        closing.add_argument("name")

    def run(self, *, what: str, organisation: str, **options: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        if what == "list":
            self._list(access.roles_of(by=SYSTEM, organisation_id=place.id))
        elif what == "add":
            self._add(place.id, **options)
        else:
            self._close(access.roles_of(by=SYSTEM, organisation_id=place.id), options["name"])

    def _add(self, organisation_id: Any, *, department: str, filler: list[str], **options: Any) -> None:
        ward = department and department_named(by=SYSTEM, organisation_id=organisation_id, name=department)
        if department and not ward:
            raise NotFound(f"there is no department {department!r}")
        people = [person_by_email(by=SYSTEM, email=email) for email in filler]
        members = [
            staff_membership_of(by=SYSTEM, person_id=person.id, organisation_id=organisation_id).id
            for person in people
        ]
        words = RoleWords(
            name=options["name"],
            description=options["description"],
            department_id=ward.id if ward else None,
            filled_by=FilledBy.LIST if members or not ward else FilledBy.DEPARTMENT,
            is_public=options["public"],
            names_holder=options["names_holder"],
            fillers=members,
        )
        made = actions.create_role(by=SYSTEM, organisation_id=organisation_id, words=words)
        self.stdout.write(f"added: {made.name}")

    def _list(self, roles: list[Any]) -> None:
        held = access.duties([role.id for role in roles], at=now())
        rows = [
            (role.name, duty.now.name if duty.now else "nobody", _until(duty.now.until) if duty.now else "")
            for role in roles
            for duty in (held[role.id],)
        ]
        self.table(("role", "on duty", "until"), rows)

    def _close(self, roles: list[Any], name: str) -> None:
        for role in roles:
            if role.name == name:
                actions.close_role(by=SYSTEM, role_id=role.id)
                self.stdout.write(f"closed: {name}")
                return
        raise NotFound(f"there is no role {name!r}")


def _until(at: Any) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
