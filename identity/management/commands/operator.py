"""`manage.py operator add|list`: the people of the platform who check applications."""

from argparse import ArgumentParser
from typing import Any

from identity import actions, mail
from identity.access.people import operator_organisation, people_of
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM


class Command(ActionCommand):
    help = "Add an operator of the platform, or list them. An approval takes two of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add", help="prints the link with which they begin")
        add.add_argument("email", help="the first one's domain is that of the platform's own organisation")
        add.add_argument("--given-name", required=True)
        add.add_argument("--family-name", required=True)
        what.add_parser("list")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "list":
            self._list()
            return
        invited = actions.invite_operator(
            by=SYSTEM,
            email=options["email"],
            given_name=options["given_name"],
            family_name=options["family_name"],
        )
        self.stdout.write(mail.link_of(invited.token))

    def _list(self) -> None:
        place = operator_organisation(by=SYSTEM)
        members = people_of(by=SYSTEM, organisation_id=place.id) if place else []
        rows = [
            (member.person.email, member.person.name, "" if member.is_admin else "no operator")
            for member in members
        ]
        self.table(("e-mail", "name", ""), rows)
