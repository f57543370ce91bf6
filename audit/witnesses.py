"""Asking a witness to cosign: the client's side of C2SP tlog-witness."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.checkpoint import COSIGNATURE, BadNote, Verifier, b64, parse_vkey
from audit.merkle import Tree
from audit.states import Trouble
from medicus.lib import outgoing

TIMEOUT_SECONDS = 3.0
LIMIT_BYTES = 16 * 1024
RETRIES = 1


@dataclass(frozen=True, slots=True)
class Configured:
    """A witness as the operator named it."""

    key: Verifier
    url: str


class Refused(Exception):  # noqa: N818 (an answer)
    """`size`: of the larger tree that the witness says it has seen."""

    def __init__(self, trouble: Trouble, size: int = 0) -> None:
        super().__init__(trouble.value)
        self.trouble, self.size = trouble, size


def configured() -> list[Configured]:
    """The witnesses of the setting `AUDIT_WITNESSES`.

    Raises:
        ImproperlyConfigured: one cannot be read.
    """
    return [_configured(line) for line in settings.AUDIT_WITNESSES]


def ask(witness: Configured, note: str, tree: Tree, *, old_size: int) -> str:
    """Show a checkpoint, beginning from what the witness cosigned last as far as we know; return its lines.

    Raises:
        Refused: it did not cosign.
        outgoing.Unreachable: it did not answer.
    """
    for _ in range(1 + RETRIES):
        answer = _post(witness, note, tree, old_size)
        if answer.status == HTTPStatus.OK:
            return answer.body.decode(errors="replace")
        if answer.status != HTTPStatus.CONFLICT:
            break
        seen = _size_in(answer)
        if seen == old_size:
            raise Refused(Trouble.FORKED)
        if seen > tree.size:
            raise Refused(Trouble.ROLLED_BACK, seen)
        old_size = seen
    forked = answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    raise Refused(Trouble.FORKED if forked else Trouble.REFUSED)


def _post(witness: Configured, note: str, tree: Tree, old_size: int) -> outgoing.Answer:
    proof = tree.consistency_proof(old_size) if old_size else []
    body = "\n".join([f"old {old_size}", *(b64(step) for step in proof), "", note])
    return outgoing.post(
        f"{witness.url.removesuffix('/')}/add-checkpoint",
        body.encode(),
        content_type="text/plain; charset=utf-8",
        timeout_seconds=TIMEOUT_SECONDS,
        limit_bytes=LIMIT_BYTES,
    )


def _size_in(answer: outgoing.Answer) -> int:
    text = answer.body.removesuffix(b"\n")
    if not text.isdigit():
        raise Refused(Trouble.REFUSED)
    return int(text)


def _configured(line: str) -> Configured:
    vkey, _, url = line.strip().partition(" ")
    try:
        return Configured(parse_vkey(vkey, COSIGNATURE), url.strip())
    except BadNote as bad:
        raise ImproperlyConfigured(f"AUDIT_WITNESSES: {vkey}: {bad}") from bad
