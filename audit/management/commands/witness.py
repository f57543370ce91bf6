"""`manage.py witness`: a witness of a log, usually of somebody else's. Opens no database of Medicus."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand

from audit.witness.__main__ import configure, run


class Command(BaseCommand):
    help = "Witness a log: cosign its checkpoints as long as it only grows (C2SP tlog-witness)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        configure(parser)

    def handle(self, **options: Any) -> None:
        run(Namespace(**options))
