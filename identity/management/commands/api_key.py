"""`manage.py api_key add|revoke|list`."""

import uuid
from argparse import ArgumentParser
from typing import Any

from identity import access, actions
from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM, Scope


class Command(ActionCommand):
    help = "Make an API key for a system of an organisation, revoke one, or list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add", help="a new key; it is printed once")
        add.add_argument("organisation", help="the organisation's domain")
        add.add_argument("name", help="which system gets it")
        add.add_argument("scopes", nargs="+", choices=[item.value for item in Scope])
        add.add_argument("--days", type=int, default=365, help="how long it holds, up to 730 (default 365)")
        revoke = what.add_parser("revoke", help="end a key at once")
        revoke.add_argument("id", type=uuid.UUID, help="as `list` shows it")
        listing = what.add_parser("list", help="the keys of an organisation")
        listing.add_argument("organisation", help="the organisation's domain")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "add":
            self._add(**options)
        elif what == "revoke":
            revoked = actions.revoke_api_key(by=SYSTEM, api_key_id=options["id"])
            self.stdout.write(f"revoked: {revoked.name}")
        else:
            self._list(options["organisation"])

    def _add(self, *, organisation: str, name: str, scopes: list[str], days: int, **_: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=organisation)
        made = actions.create_api_key(
            by=SYSTEM,
            organisation_id=place.id,
            name=name,
            scopes=[Scope(each) for each in scopes],
            days=days,
        )
        self.stdout.write(made.token)

    def _list(self, domain: str) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        rows = [
            (str(key.id), key.name, " ".join(key.scopes), f"{key.expires_at:%Y-%m-%d}", key.state.value)
            for key in access.api_keys(by=SYSTEM, organisation_id=place.id)
        ]
        self.table(("id", "name", "opens", "until", "state"), rows)
