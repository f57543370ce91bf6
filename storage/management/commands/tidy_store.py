"""`manage.py tidy_store`: remove from the object store what no row knows."""

from typing import Any

from identity.management.plain import ActionCommand
from medicus.lib.actor import SYSTEM
from storage.objects import orphans


class Command(ActionCommand):
    help = (
        "Remove what has stood in the object store for a day and belongs to no object: left behind by a "
        "crash, or by a store that was away when something was destroyed. The service does so by itself, a "
        "part at a time; this lists the whole store, and asks nothing."
    )

    def run(self, **options: Any) -> None:
        self.stdout.write(f"{orphans.collect(by=SYSTEM)} removed.")
