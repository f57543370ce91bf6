"""`manage.py audit`: export, verify, prove, checkpoint, erase."""

from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from audit import access, actions, fhir, keys, proofs, verification
from audit.access import integrity
from audit.checkpoint import COSIGNATURE, BadNote, TreeHead, Verifier, parse_vkey, read_tree_head
from audit.entries import canonical_bytes, instant_text
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import DomainError

SHOWN_FINDINGS = 20


class Command(BaseCommand):
    help = "Export, verify and prove the audit log."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        export = commands.add_parser("export", help="write all sealed events with their proofs to a file")
        export.add_argument("--since", type=_instant, help="a day, or an ISO 8601 instant")
        export.add_argument(
            "--until", type=_instant_after, help="a day (included), or an ISO 8601 instant (excluded)"
        )
        export.add_argument(
            "--fhir", action="store_true", help="as FHIR AuditEvents (NDJSON), without proofs"
        )
        export.add_argument("file", type=Path)
        verify = commands.add_parser(
            "verify", help="verify an export or a proof offline, or without a file the database"
        )
        verify.add_argument(
            "--public-key", type=_key, help="the log's key as you were given it (vkey, or a file of it)"
        )
        verify.add_argument(
            "--checkpoint", type=Path, help="a checkpoint that you kept (only for the database)"
        )
        verify.add_argument(
            "--witness",
            type=_witness,
            action="append",
            default=[],
            help="a witness's key that must have cosigned",
        )
        verify.add_argument("file", type=Path, nargs="?")
        prove = commands.add_parser("prove", help="print one event with its proof (C2SP tlog-proof)")
        prove.add_argument("event_id", type=UUID)
        commands.add_parser("checkpoint", help="print the latest checkpoint, for somebody else to keep")
        erase = commands.add_parser("erase", help="forget who a person was in every event; proofs stay valid")
        erase.add_argument("person_id", type=UUID)

    def handle(self, *, command: str, **options: Any) -> None:
        try:
            getattr(self, f"_{command}")(options)
        except DomainError as error:
            raise CommandError(error.detail or "no such event, or it is not sealed yet") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _export(self, options: dict[str, Any]) -> None:
        if options["fhir"]:
            rows = actions.export_rows(by=SYSTEM, since=options["since"], until=options["until"])
            with options["file"].open("wb") as file:
                count = sum(1 for line in fhir.lines(rows, settings.ORIGIN) if file.write(line))
            self.stdout.write(f"exported {count} events as FHIR AuditEvents, without proofs")
            return
        lines = actions.export(by=SYSTEM, since=options["since"], until=options["until"])
        with options["file"].open("wb") as file:
            count = sum(1 for line in lines if file.write(line)) - 2
        self.stdout.write(f"exported {count} events, signed by {keys.signer().verifier.vkey()}")

    def _prove(self, options: dict[str, Any]) -> None:
        proof = actions.prove(by=SYSTEM, event_id=options["event_id"])
        self.stdout.write(proof.decode(), ending="")

    def _checkpoint(self, _options: dict[str, Any]) -> None:
        note = access.seal_state().note
        if not note:
            raise CommandError("nothing is sealed yet")
        self.stdout.write(note, ending="")

    def _erase(self, options: dict[str, Any]) -> None:
        count = actions.erase_person(by=SYSTEM, person_id=options["person_id"])
        self.stdout.write(f"erased the person from {count} places; every proof stays valid")

    def _verify(self, options: dict[str, Any]) -> None:
        if options["file"]:
            self._verify_file(options["file"], options["public_key"], options["witness"])
        else:
            self._verify_database(options["public_key"], options["checkpoint"], options["witness"])

    def _verify_file(self, path: Path, public_key: Verifier | None, witnesses: list[Verifier]) -> None:
        try:
            with path.open("rb") as file:
                start = file.read(len(proofs.FIRST_LINE) + 1)
                file.seek(0)
                if proofs.looks_like_proof(start):
                    verdict = self._verify_proof(file.read(proofs.LARGEST_BYTES), public_key, witnesses)
                else:
                    verdict = verification.verify(file, public_key=public_key, witnesses=witnesses)
        except verification.Unreadable as unreadable:
            raise CommandError(str(unreadable)) from unreadable
        _fail_on(verdict.findings)
        events = "1 event" if verdict.rows == 1 else f"{verdict.rows} events"
        self.stdout.write(f"{events} verified against the checkpoint over {verdict.head.size} rows")
        for name, at in verdict.cosigned.items():
            self.stdout.write(f"cosigned by {name} at {instant_text(at)}")
        if not public_key:
            self.stdout.write(f"signed by {verdict.verifier.vkey()}: compare it with the key you were given")

    def _verify_proof(
        self, content: bytes, public_key: Verifier | None, witnesses: list[Verifier]
    ) -> verification.Verdict:
        """Verify it, and if it holds print what it proves."""
        proof, verdict = proofs.verify(content, public_key=public_key, witnesses=witnesses)
        if not verdict.findings:
            self.stdout.write(canonical_bytes(proof.event).decode())
            for part, opening in proof.people.items():
                self.stdout.write(f"{part}: {opening['person_id']}")
        return verdict

    def _verify_database(
        self, public_key: Verifier | None, kept: Path | None, witnesses: list[Verifier]
    ) -> None:
        if witnesses:
            raise CommandError(
                "--witness needs a file: a witness's word is for who does not have the database"
            )
        verifier = public_key or keys.signer().verifier
        report = integrity.verify(
            by=SYSTEM, public_key=verifier, kept=_kept(kept, verifier) if kept else None
        )
        _fail_on(report.findings)
        verified = f"{report.rows} events verified against {report.checkpoints} checkpoints"
        self.stdout.write(f"{verified}; {report.waiting} wait to be sealed")


def _fail_on(findings: list[str]) -> None:
    if findings:
        more = len(findings) - SHOWN_FINDINGS
        shown = findings[:SHOWN_FINDINGS] + ([f"and {more} more findings"] if more > 0 else [])
        raise CommandError("\n".join(shown))


def _kept(path: Path, verifier: Verifier) -> TreeHead:
    note = path.read_text(encoding="utf-8")
    try:
        return read_tree_head(note, Verifier(note.partition("\n")[0], verifier.public_key))
    except BadNote as bad:
        raise CommandError(f"{path} is not a checkpoint of this log: {bad}") from bad


def _key(text: str) -> Verifier:
    path = Path(text)
    try:
        return parse_vkey(path.read_text(encoding="utf-8") if path.is_file() else text)
    except BadNote as bad:
        raise CommandError(str(bad)) from bad


def _witness(text: str) -> Verifier:
    try:
        return parse_vkey(text, COSIGNATURE)
    except BadNote as bad:
        raise CommandError(str(bad)) from bad


def _instant(text: str) -> datetime:
    if day := parse_date(text):
        return timezone.make_aware(datetime.combine(day, time.min))
    if instant := parse_datetime(text):
        return instant if instant.tzinfo else timezone.make_aware(instant)
    raise CommandError(f"{text} is neither a day nor an instant")


def _instant_after(text: str) -> datetime:
    day = parse_date(text)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else _instant(text)
