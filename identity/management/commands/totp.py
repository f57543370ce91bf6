"""`manage.py totp EMAIL`: the current code of a person, for trying Medicus without a telephone."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from identity import actions
from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM


class Command(ActionCommand):
    help = "Print a person's current time code. Refused in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def run(self, *, email: str, **_: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("a second factor that the server prints is none: refused in production")
        self.stdout.write(actions.current_code(by=SYSTEM, email=email))
