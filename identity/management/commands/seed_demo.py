"""`manage.py seed_demo`: hospitals and operators with people, to try Medicus at once."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from identity import actions, demo
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM


class Command(ActionCommand):
    help = "Make the demo's hospitals and people, unless there is any organisation already; then only say so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="for all of them; in production a random one unless given")

    def run(self, *, password: str | None, **_: Any) -> None:
        password = password or (secrets.token_urlsafe(15) if settings.PRODUCTION else demo.PASSWORD)
        if not actions.seed_demo(by=SYSTEM, password=password):
            if settings.PRODUCTION:
                self.stdout.write("There are organisations already: nothing was changed.")
                return
            self.stdout.write("There are organisations already: nothing was changed. If they are the demo's:")
        self._show(password)

    def _show(self, password: str) -> None:
        rows = [
            (
                hospital.name,
                f"{person.given_name} {person.family_name}",
                _function(hospital, person),
                actions.email_of(hospital, person),
                ".venv/bin/python manage.py totp " + actions.email_of(hospital, person)
                if person.enrolled
                else "set up at sign-in",
            )
            for hospital in demo.EVERYBODY
            for person in hospital.people
        ]
        patient, totp = demo.PATIENT, ".venv/bin/python manage.py totp " + demo.PATIENT.email
        rows.append((demo.NORDSTADT.name, patient.name, "patient", patient.email, totp))
        self.stdout.write(f"\nSign in at {settings.ORIGIN}/  —  password for all: {password}\n\n")
        self.table(("hospital", "name", "function", "e-mail address", "second factor"), rows)
        self.stdout.write("")


def _function(hospital: demo.DemoHospital, person: demo.DemoPerson) -> str:
    if hospital is demo.OPERATORS:
        return "operator of the platform"
    if hospital is demo.WESTSTADT:
        return "IT admin, not verified yet"
    return "IT admin" if person.is_admin else f"{person.function}, {person.department}"
