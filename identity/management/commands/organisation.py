"""`manage.py organisation …`: what an operator does for organisations on the machine itself; see its help."""

from argparse import ArgumentParser
from typing import Any

from identity import access, actions, mail
from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from identity.policies import PolicyName
from identity.states import APPLYING, EvidenceKind, OrganisationKind
from medicus.lib.actor import SYSTEM, system_of


class Command(ActionCommand):
    help = "Add an organisation with a CA of its own, its application and policies, or verify it without one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add", help="a new organisation, not yet verified")
        add.add_argument("name")
        add.add_argument(
            "--domain", required=True, help="its DNS domain; all names in its certificates lie in it"
        )
        add.add_argument("--kind", choices=[*APPLYING], default=OrganisationKind.HOSPITAL)
        add.add_argument("--city", default="")
        what.add_parser("list")
        policy = what.add_parser("policy", help="shows an organisation's policies, or changes one")
        policy.add_argument("domain")
        policy.add_argument("name", nargs="?", choices=[*PolicyName])
        policy.add_argument("value", nargs="?", help="left out: back to the default")
        for name, effect in (
            ("verify", "you have checked yourself that it is who it says: past the two operators"),
            ("show", "its application, with the TXT record that proves the domain"),
            ("check_domain", "asks DNS now for that record"),
            ("submit", "hands the application to the operators"),
            ("withdraw", "takes it back, before it was checked"),
            ("link", "prints a link for the first administrator, if nobody has begun"),
            ("remove", "removes a registration that nobody has entered; its domain is free again"),
        ):
            what.add_parser(name, help=effect).add_argument("domain")
        figures = what.add_parser("figures", help="people, devices, open items and sign-ins of thirty days")
        figures.add_argument("domain")
        self._describe_evidence(what.add_parser("evidence", help="states what shows that it is who it says"))
        decline = what.add_parser("decline", help="gives the application back")
        decline.add_argument("domain")
        decline.add_argument("--reason", required=True, help="the hospital reads it")

    def _describe_evidence(self, evidence: ArgumentParser) -> None:
        evidence.add_argument("domain")
        evidence.add_argument("--kind", choices=[*EvidenceKind], required=True)
        evidence.add_argument("--reference", required=True)
        evidence.add_argument("--note", default="")

    def run(self, *, what: str, **options: Any) -> None:
        if what == "add":
            self._add(**options)
        elif what == "policy":
            self._policy(**options)
        elif what == "list":
            self._list()
        else:
            found = organisation_by_domain(by=SYSTEM, domain=options["domain"])
            getattr(self, f"_{what}")({"by": SYSTEM, "organisation_id": found.id}, options)

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

    def _figures(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        found = access.dashboard(by=system_of(which["organisation_id"]))
        rows = [
            ("people", str(found.people)),
            ("administrators", str(found.administrators)),
            ("devices", str(found.devices)),
            *((f"second factor: {share.label}", str(share.count)) for share in found.factors),
            *((item.label, str(item.count)) for item in found.open_items),
            ("sign-ins in thirty days", str(found.sign_ins)),
            ("most on a day", f"{found.busiest.sign_ins} ({found.busiest.on:%Y-%m-%d})"),
        ]
        self.table(("figure", "count"), rows)

    def _verify(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        self.stdout.write(f"verified: {actions.verify_organisation(**which).name}")

    def _show(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        card = access.application(**which)
        rows = [
            ("state", card.state),
            ("TXT record", f'{card.record_name}. "{card.record_value}"'),
            ("domain", card.domain_outcome or "not checked yet"),
            ("evidence", f"{card.evidence_kind} {card.evidence_reference}".strip() or "none stated yet"),
            ("checked", f"{card.checked_by} {card.check_note}".strip()),
            ("decided", f"{card.decided_by} {card.decline_reason}".strip()),
        ]
        self.table(("", card.name), rows)

    def _check_domain(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        self.stdout.write(actions.check_domain(**which).value)

    def _evidence(self, which: dict[str, Any], options: dict[str, Any]) -> None:
        given = {name: options[name] for name in ("reference", "note")}
        actions.state_evidence(**which, kind=EvidenceKind(options["kind"]), **given)
        self.stdout.write("stated")

    def _submit(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        actions.submit_application(**which)
        self.stdout.write("submitted")

    def _withdraw(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        actions.withdraw_application(**which)
        self.stdout.write("taken back")

    def _decline(self, which: dict[str, Any], options: dict[str, Any]) -> None:
        submission = access.application(**which).submission
        actions.decline_application(**which, submission=submission, reason=options["reason"])
        self.stdout.write("declined")

    def _link(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        self.stdout.write(mail.link_of(actions.link_for_first_administrator(**which).token))

    def _remove(self, which: dict[str, Any], _: dict[str, Any]) -> None:
        actions.remove_registration(**which)
        self.stdout.write("removed")
