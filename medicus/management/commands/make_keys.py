"""`manage.py make_keys`: the one command that may make key files in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from medicus.lib import callbacks


class Command(BaseCommand):
    help = (
        "Make the key files that are missing; no existing one is touched. Back them up apart from the data."
    )

    def handle(self, *arguments: Any, **options: Any) -> None:
        callbacks.call("make-keys")
        for path in sorted(settings.KEYS_DIR.rglob("*")):
            if path.is_file():
                self.stdout.write(str(path.relative_to(settings.KEYS_DIR)))
