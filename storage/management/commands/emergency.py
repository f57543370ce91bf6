"""`manage.py emergency …`: the review of accesses in an emergency; see its help."""

import uuid
from argparse import ArgumentParser
from typing import Any

from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM, system_of
from storage import access, actions
from storage.states import ReviewState


class Command(ActionCommand):
    help = "List the emergency accesses of an organisation that wait for their review, or close a review."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        listing = what.add_parser("list", help="who opened which folder when and why; the oldest first")
        listing.add_argument(
            "--closed", action="store_true", help="those that are closed, with what was found"
        )
        closing = what.add_parser("close", help="for good; one that was not justified ends at once")
        closing.add_argument("id", type=uuid.UUID, help="as `list` shows it")
        closing.add_argument("state", choices=[ReviewState.JUSTIFIED.value, ReviewState.UNJUSTIFIED.value])
        closing.add_argument("note", help="what was found, at least ten characters")
        for each in (listing, closing):
            each.add_argument("--organisation", required=True, help="its domain")

    def run(self, *, what: str, organisation: str, **options: Any) -> None:
        by = system_of(organisation_by_domain(by=SYSTEM, domain=organisation).id)
        if what == "list":
            found = access.emergencies_to_review(by=by)
            self._list([card for card in found if card.open != options["closed"]])
            return
        given = {name: options[name] for name in ("state", "note")}
        done = actions.review_emergency_access(by=by, emergency_id=options["id"], **given)
        self.stdout.write(f"closed: the access of {done.name}, {done.state.value}")

    def _list(self, cards: list[access.EmergencyCard]) -> None:
        rows = [
            (
                str(card.emergency_id),
                f"{card.begun_at:%Y-%m-%d %H:%M}",
                card.name,
                card.number,
                f"{card.reason.value}: {card.account}",
                "overdue" if card.overdue else card.state.value,
                card.note,
            )
            for card in cards
        ]
        self.table(("id", "begun", "who", "patient", "why", "state", "found"), rows)
