"""`manage.py device_approval list|approve|refuse`."""

import uuid
from argparse import ArgumentParser
from typing import Any

from identity import access, actions
from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM


class Command(ActionCommand):
    help = "Show, approve or refuse new devices that wait for an administrator: where there is no second one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        listing = what.add_parser("list", help="what waits in an organisation")
        listing.add_argument("organisation", help="the organisation's domain")
        approve = what.add_parser("approve", help="the person has read you the same code")
        approve.add_argument("id", type=uuid.UUID, help="as `list` shows it")
        refuse = what.add_parser("refuse", help="for good")
        refuse.add_argument("id", type=uuid.UUID, help="as `list` shows it")
        refuse.add_argument("--reason", required=True, help="the person reads it")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "list":
            self._list(options["organisation"])
        elif what == "approve":
            self.stdout.write(f"approved: {actions.approve_device(by=SYSTEM, approval_id=options['id']).id}")
        else:
            done = actions.refuse_device(by=SYSTEM, approval_id=options["id"], reason=options["reason"])
            self.stdout.write(f"refused: {done.id}")

    def _list(self, domain: str) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        found = access.approvals(by=SYSTEM, organisation_id=place.id)
        rows = [
            (str(card.id), card.code, card.person, card.name, f"{card.requested_at:%Y-%m-%d %H:%M}")
            for card in found.waiting
        ]
        self.table(("id", "code", "person", "browser", "asked"), rows)
