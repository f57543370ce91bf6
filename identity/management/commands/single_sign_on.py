"""`manage.py single_sign_on …`: an organisation's identity provider; see its help."""

import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from identity import access, actions
from identity.access.people import organisation_by_domain
from identity.management.plain import ActionCommand
from identity.oidc.texts import text_of
from identity.sign_on import WantedSignOn
from identity.states import STAFF
from medicus.lib.actor import SYSTEM, system_of


class Command(ActionCommand):
    help = "Show, enter or check an organisation's identity provider (OpenID Connect), and turn it on or off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        for name, effect in (
            ("show", "how it stands; the client secret is never shown"),
            ("check", "asks the provider now"),
            ("on", "people sign in by it; the last check must have been well"),
            ("off", "nobody signs in by it any more; who is signed in stays so"),
        ):
            what.add_parser(name, help=effect).add_argument("domain")
        entering = what.add_parser("set", help="enters the provider, or changes what is given")
        entering.add_argument("domain")
        entering.add_argument("--issuer", help="another one turns it off until it is checked")
        entering.add_argument("--client-id")
        entering.add_argument("--secret", action="store_true", help="reads the client secret from the input")
        trust = entering.add_mutually_exclusive_group()
        trust.add_argument("--trust-factor", dest="trusts_factor", action="store_true", default=None)
        trust.add_argument("--own-factor", dest="trusts_factor", action="store_false", default=None)
        entering.add_argument("--acr-values", help="values that show a second factor, spaces between them")
        entering.add_argument("--amr-values", help="values that show a second factor, spaces between them")
        entering.add_argument(
            "--join-function", choices=["", *STAFF], help="who joins gets it; empty: nobody joins"
        )

    def run(self, *, what: str, domain: str, **options: Any) -> None:
        place = organisation_by_domain(by=SYSTEM, domain=domain)
        which: dict[str, Any] = {"by": SYSTEM, "organisation_id": place.id}
        trouble = None
        if what == "set":
            actions.change_single_sign_on(**which, wanted=_wanted(place.id, options))
        elif what == "check":
            trouble = actions.check_provider(**which)
        elif what == "on":
            actions.turn_on_single_sign_on(**which)
        elif what == "off":
            actions.turn_off_single_sign_on(**which)
        self._show(place.id)
        if trouble:
            raise CommandError(text_of(trouble))

    def _show(self, organisation_id: uuid.UUID) -> None:
        card = access.single_sign_on(by=system_of(organisation_id))
        rows = [
            ("on", "yes" if card.is_on else "no"),
            ("issuer", card.issuer or "none entered"),
            ("client id", card.client_id),
            ("second factor", "asked for by the provider" if card.trusts_factor else "asked for here"),
            ("acr values", card.acr_values),
            ("amr values", card.amr_values),
            ("who is unknown", f"joins as {card.join_function}" if card.join_function else "is refused"),
            ("redirect address", card.redirect_address),
            ("link", card.link),
            ("last check that was well", f"{card.checked_at:%Y-%m-%d %H:%M}" if card.checked_at else "never"),
            ("trouble", card.trouble or "none"),
            ("accounts", str(card.accounts)),
        ]
        self.table(("single sign-on", card.domain), rows)


def _wanted(organisation_id: uuid.UUID, options: dict[str, Any]) -> WantedSignOn:
    """What was given; what was left out stays as it is."""
    card = access.single_sign_on(by=system_of(organisation_id))
    names = ("issuer", "client_id", "trusts_factor", "acr_values", "amr_values", "join_function")
    values = {name: getattr(card, name) if options[name] is None else options[name] for name in names}
    # Not as an argument: those stand in the shell's history and in the list of processes.
    secret = sys.stdin.readline().strip() if options["secret"] else ""
    return WantedSignOn(client_secret=secret, **values)
