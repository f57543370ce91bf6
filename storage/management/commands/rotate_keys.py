"""`manage.py rotate_keys root|organisation <domain>`: new keys for old rows; no object is rewritten."""

from argparse import ArgumentParser
from typing import Any

from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM
from storage import actions


class Command(ActionCommand):
    help = "Wrap the keys of encryption at rest anew: by a new root, or by an organisation's next secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser(
            "root",
            help="after storage-root.key was renamed to storage-root.previous.key, make_keys was run and the "
            "service was restarted; then the previous one can be destroyed",
        )
        organisation = what.add_parser(
            "organisation", help="make its next secret, wrap its objects' keys by it"
        )
        organisation.add_argument("domain")

    def run(self, *, what: str, domain: str = "", **options: Any) -> None:
        if what == "root":
            count = actions.rewrap_under_root(by=SYSTEM)
            self.stdout.write(f"{count} organisations' secrets are wrapped by the current root.")
            return
        organisation = organisation_by_domain(by=SYSTEM, domain=domain)
        count = actions.rotate_organisation(by=SYSTEM, organisation_id=organisation.id)
        self.stdout.write(f"{count} objects' keys of {organisation.name} are wrapped by its new secret.")
