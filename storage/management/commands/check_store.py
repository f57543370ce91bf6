"""`manage.py check_store`: what the configured object store can and cannot do."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from medicus.lib.errors import DomainError
from storage.objects import ObjectStore, store
from storage.objects.canaries import Verdict, examine
from storage.objects.s3 import S3Store


class Command(BaseCommand):
    help = (
        "Try the object store with bytes that mean nothing, and say what it can and cannot do. "
        "Makes the bucket if it is missing. Fails, and so keeps the service from starting, when the "
        "store lacks what is needed or lets somebody in with a wrong secret."
    )

    def handle(self, *arguments: Any, **options: Any) -> None:
        configured = store()
        self.stdout.write(f"Object store: {_name_of(configured)}")
        self._make_bucket(configured)
        logging.disable(logging.ERROR)  # refusals are what is hoped for here
        try:
            findings = list(examine(configured))
        finally:
            logging.disable(logging.NOTSET)
        for finding in findings:
            self.stdout.write(f"  {finding.verdict.value:<8} {finding.property}{_remark(finding.remark)}")
        if refused := [finding.property for finding in findings if finding.verdict is Verdict.REFUSED]:
            raise CommandError(f"this store must not be used: it does not hold that it {'; '.join(refused)}")
        self.stdout.write("This store can be used.")

    def _make_bucket(self, configured: ObjectStore) -> None:
        if isinstance(configured, S3Store):
            try:
                configured.make_bucket()
            except DomainError as error:
                raise CommandError(f"the store does not answer: {getattr(error, 'reason', error)}") from error


def _name_of(configured: ObjectStore) -> str:
    if isinstance(configured, S3Store):
        return f"S3 at {settings.S3_ENDPOINT}, bucket {configured.bucket}"
    return f"files below {settings.VAR_DIR}"


def _remark(remark: str) -> str:
    return f" ({remark})" if remark else ""
