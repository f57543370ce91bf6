"""`manage.py department …`: the departments of an organisation; see its help."""

import uuid
from argparse import ArgumentParser
from typing import Any

from identity import access, actions
from identity.access.people import department_named, organisation_by_domain
from identity.management.plain import ActionCommand
from identity.states import Speciality
from medicus.lib.actor import SYSTEM, system_of
from medicus.lib.errors import NotFound


class Command(ActionCommand):
    help = "List the departments of an organisation, add one, change its name or speciality, or close one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        every = {
            "list": "with the number of people in each; closed ones last",
            "add": "a new one",
            "change": "renames one, or corrects its speciality",
            "close": "one in which nobody works any more",
        }
        made = {name: what.add_parser(name, help=effect) for name, effect in every.items()}
        for name, each in made.items():
            each.add_argument("--organisation", required=True, help="its domain")
            if name != "list":
                each.add_argument("name")
        made["add"].add_argument("--speciality", choices=[*Speciality], default=Speciality.NONE)
        made["change"].add_argument("--name", dest="new_name", help="left out: it keeps its name")
        made["change"].add_argument("--speciality", choices=[*Speciality], help="left out: it keeps its own")

    def run(self, *, what: str, organisation: str, **options: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        if what == "list":
            self._list(place.id)
        elif what == "add":
            speciality = Speciality(options["speciality"])
            made = actions.create_department(
                by=SYSTEM, organisation_id=place.id, name=options["name"], speciality=speciality
            )
            self.stdout.write(f"added: {made.name}")
        else:
            getattr(self, f"_{what}")(_department(place.id, options["name"]), options)

    def _list(self, organisation_id: uuid.UUID) -> None:
        rows = [
            (row.name, row.speciality, str(row.members), f"{row.closed_at:%Y-%m-%d}" if row.closed_at else "")
            for row in access.departments(by=system_of(organisation_id))
        ]
        self.table(("department", "speciality", "people", "closed"), rows)

    def _change(self, found: Any, options: dict[str, Any]) -> None:
        name = found.name if options["new_name"] is None else options["new_name"]
        speciality = Speciality(options["speciality"] or found.speciality)
        changed = actions.change_department(
            by=SYSTEM, department_id=found.id, name=name, speciality=speciality
        )
        self.stdout.write(f"changed: {changed.name}")

    def _close(self, found: Any, _: dict[str, Any]) -> None:
        self.stdout.write(f"closed: {actions.close_department(by=SYSTEM, department_id=found.id).name}")


def _department(organisation_id: uuid.UUID, name: str) -> Any:
    found = department_named(by=SYSTEM, organisation_id=organisation_id, name=name)
    if found is None:
        raise NotFound(f"there is no department {name!r}")
    return found
