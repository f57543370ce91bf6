"""`manage.py people …`: lists of people as CSV files, in and out; see its help."""

import uuid
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import override

from identity import access, actions, staff_csv
from identity.access.people import department_named, organisation_by_domain
from identity.management.plain import ActionCommand, content_of
from identity.states import STAFF, StaffFilter
from medicus.lib.actor import SYSTEM, Actor, system_of
from medicus.lib.errors import NotFound


class Command(ActionCommand):
    help = (
        "Check, import or undo a list of people, make links for everybody of it, or write people to a file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        checking = what.add_parser("check", help="a dry run: names each row and column that is wrong")
        importing = what.add_parser("import", help="checks a list; makes its people if all of it is right")
        for each in (checking, importing):
            each.add_argument("file", type=Path, help="CSV; `template` writes an empty one")
        made = [checking, importing, what.add_parser("imports", help="the latest imports")]
        for name, effect in (
            ("undo", "removes everybody of an import, as long as none of them has a password"),
            ("links", "prints a new link for everybody of an import without a password, as CSV"),
        ):
            one = what.add_parser(name, help=effect)
            one.add_argument("id", type=uuid.UUID, help="as `imports` shows it")
            made.append(one)
        made.append(self._describe_export(what.add_parser("export", help="prints the people as CSV")))
        for each in made:
            each.add_argument("--organisation", required=True, help="its domain")
        template = what.add_parser("template", help="prints an empty list with the names of the columns")
        for each in (template, *made[-2:]):
            each.add_argument("--language", choices=("de", "en"), default="en", help="of the columns' names")

    def _describe_export(self, export: ArgumentParser) -> ArgumentParser:
        export.add_argument("--query", default="", help="beginnings of names, or of the e-mail address")
        export.add_argument("--function", choices=[*STAFF], default="")
        export.add_argument("--department", default="")
        export.add_argument("--only", choices=[*StaffFilter], default="")
        return export

    def run(self, *, what: str, **options: Any) -> None:
        if what == "template":
            self._lines(staff_csv.write(staff_csv.header(options["language"]), []))
            return
        place = organisation_by_domain(by=SYSTEM, domain=options["organisation"])
        getattr(self, f"_{what}")(system_of(place.id), options)

    def _check(self, by: Actor, options: dict[str, Any]) -> uuid.UUID:
        found = actions.check_people(by=by, content=content_of(options["file"]))
        if found.waiting is None:
            rows = [(str(fault.line), fault.column, fault.sentence) for fault in found.faults]
            self.table(("row", "column", "what is wrong"), rows)
            raise CommandError("nobody was made; please correct the list")
        self.stdout.write(f"{found.people} people can be imported: {found.waiting.id}")
        return found.waiting.id

    def _import(self, by: Actor, options: dict[str, Any]) -> None:
        """Here and now, not by a worker: whoever types it wants to see how it ends."""
        import_id = self._check(by, options)
        actions.start_import(by=by, import_id=import_id)
        actions.run_import(by=SYSTEM, import_id=import_id)
        file = access.import_file(by=by, import_id=import_id)
        if file.busy:
            self.stdout.write("a worker has taken it: `imports` shows how far it is")
            return
        skipped = ", ".join(str(line) for line in file.people_import.skipped)
        self.stdout.write(f"{file.people_import.state}: {file.made} people were made")
        if skipped:
            self.stdout.write(f"rows whose address was taken meanwhile: {skipped}")

    def _imports(self, by: Actor, _: dict[str, Any]) -> None:
        rows = [
            (str(each.id), f"{each.created_at:%Y-%m-%d %H:%M}", each.state, f"{each.done} of {each.total}")
            for each in access.imports(by=by)
        ]
        self.table(("id", "checked", "state", "done"), rows)

    def _undo(self, by: Actor, options: dict[str, Any]) -> None:
        undone = actions.undo_import(by=by, import_id=options["id"])
        self.stdout.write(f"undone: {undone.id}")

    def _links(self, by: Actor, options: dict[str, Any]) -> None:
        with override(options["language"]):
            self._lines(actions.make_links(by=by, import_id=options["id"]))

    def _export(self, by: Actor, options: dict[str, Any]) -> None:
        name, department = options["department"], None
        if name:
            department = department_named(by=by, organisation_id=access.administered(by=by), name=name)
            if department is None:
                raise NotFound(f"there is no department {name!r}")
        wanted = access.Wanted(
            options["query"], options["function"], department.id if department else None, options["only"]
        )
        with override(options["language"]):
            self._lines(actions.export_people(by=by, wanted=wanted))

    def _lines(self, lines: Iterable[str]) -> None:
        self.stdout.write("".join(lines), ending="")
