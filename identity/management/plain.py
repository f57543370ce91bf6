"""What the commands of `identity` share: plain errors, plain tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from medicus.lib.errors import DomainError


class ActionCommand(BaseCommand):
    """A command that calls actions: their errors become one sentence and exit code 1."""

    # The service checks itself when it starts; here it would load every page for one sentence.
    requires_system_checks = ()

    @no_translations
    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            self.run(**options)
        except DomainError as error:
            fields = [f"{field}: {sentence}" for field, sentence in error.errors.items()]
            text = "; ".join(filter(None, [error.detail, *fields])) or error.code.replace("-", " ")
            raise CommandError(text) from None

    def run(self, *arguments: Any, **options: Any) -> None:
        raise NotImplementedError

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows below each other, as wide as they need to be."""
        lines = [tuple(head), *(tuple(row) for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        lines.insert(1, tuple("-" * width for width in widths))
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def content_of(file: Path) -> bytes:
    """Read a file whose name was given; that it cannot be read is one sentence."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
