"""`manage.py organisation add|verify|list|policy`."""

from argparse import ArgumentParser
from typing import Any

from identity import access, actions
from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from identity.policies import PolicyName
from identity.states import OrganisationKind
from medicus.lib.actor import SYSTEM


class Command(ActionCommand):
    help = (
        "Add an organisation with a CA of its own, mark it as verified, list them all, or set its policies."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add", help="a new organisation, not yet verified")
        add.add_argument("name")
        add.add_argument(
            "--domain", required=True, help="its DNS domain; all names in its certificates lie in it"
        )
        add.add_argument("--kind", choices=[*OrganisationKind], default=OrganisationKind.HOSPITAL)
        add.add_argument("--city", default="")
        verify = what.add_parser("verify", help="you have checked that it is who it says")
        verify.add_argument("domain")
        what.add_parser("list")
        policy = what.add_parser("policy", help="shows an organisation's policies, or changes one")
        policy.add_argument("domain")
        policy.add_argument("name", nargs="?", choices=[*PolicyName])
        policy.add_argument("value", nargs="?", help="left out: back to the default")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "add":
            self._add(**options)
        elif what == "verify":
            organisation = organisation_by_domain(by=SYSTEM, domain=options["domain"])
            actions.verify_organisation(by=SYSTEM, organisation_id=organisation.id)
            self.stdout.write(f"verified: {organisation.name}")
        elif what == "policy":
            self._policy(**options)
        else:
            self._list()

    def _add(self, *, name: str, domain: str, kind: str, city: str, **_: Any) -> None:
        organisation = actions.create_organisation(
            by=SYSTEM, name=name, kind=OrganisationKind(kind), domain=domain, city=city
        )
        self.stdout.write(f"added: {organisation.name} ({organisation.id})")
        self.stdout.write(f"next: manage.py organisation verify {organisation.domain}")

    def _policy(self, *, domain: str, name: str | None, value: str | None, **_: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        if name:
            values = {PolicyName(name): value}
            actions.change_policies(by=SYSTEM, organisation_id=place.id, values=values, address="")
        cards = access.policy_cards(organisation_id=place.id)
        rows = [(each.name.value, each.text, "" if each.is_default else each.default) for each in cards]
        self.table(("policy", "value", "default"), rows)

    def _list(self) -> None:
        rows = [
            (
                each.domain,
                each.name,
                each.kind,
                each.city,
                f"{each.verified_at:%Y-%m-%d}" if each.verified_at else "no",
            )
            for each in access.visible_organisations(by=SYSTEM)
        ]
        self.table(("domain", "name", "kind", "city", "verified"), rows)
