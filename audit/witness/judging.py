"""What a witness may cosign: only what goes on from what it cosigned last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from audit.checkpoint import BadNote, TreeHead, Verifier, is_decimal, read_tree_head, split_note, unb64
from audit.cosignature import Cosigner
from audit.merkle import extends
from audit.witness.store import Seen, Store

MOST_STEPS = 63


class Refused(Exception):  # noqa: N818 (an answer, not a failure of the program)
    """`size`: of the latest checkpoint that was cosigned, where it is another than the log believes."""

    def __init__(self, status: HTTPStatus, reason: str, size: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.size = status, size


@dataclass(frozen=True, slots=True)
class Request:
    """The body of add-checkpoint."""

    old_size: int
    proof: list[bytes]
    note: str


@dataclass(frozen=True, slots=True)
class Witness:
    """logs: the public key of each log that is witnessed, by its origin. seconds: the clock."""

    cosigner: Cosigner
    logs: Mapping[str, Verifier]
    store: Store
    seconds: Callable[[], int]

    def add_checkpoint(self, body: bytes) -> str:
        """Judge a checkpoint, persist it, and only then cosign it.

        Raises:
            Refused: with the status that tlog-witness names.
        """
        request = parse(body)
        text, _ = split_note(request.note)
        head = self._head(text.partition("\n")[0], request.note)
        if request.old_size > head.size:
            raise Refused(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's")
        with self.store.writing() as rows:
            _judge(rows.latest(head.origin), head, request)
            rows.keep(head, request.note)
        return self.cosigner.cosign(text, at=self.seconds())

    def _head(self, origin: str, note: str) -> TreeHead:
        if origin not in self.logs:
            raise Refused(HTTPStatus.NOT_FOUND, "this log is not known here")
        try:
            return read_tree_head(note, self.logs[origin])
        except BadNote as bad:
            raise Refused(HTTPStatus.FORBIDDEN, str(bad)) from bad


def parse(body: bytes) -> Request:
    """Read the body of add-checkpoint.

    Raises:
        Refused: malformed.
    """
    try:
        head, blank, note = body.decode().partition("\n\n")
        first, *steps = head.split("\n")
        size = first.removeprefix("old ")
        if not blank or size == first or not is_decimal(size) or len(steps) > MOST_STEPS:
            raise _malformed()
        split_note(note)
        return Request(int(size), [unb64(step) for step in steps], note)
    except (BadNote, ValueError):
        raise _malformed() from None


def _malformed() -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, "this is no request to add a checkpoint")


def _judge(seen: Seen, head: TreeHead, request: Request) -> None:
    if request.old_size != seen.size:
        raise Refused(HTTPStatus.CONFLICT, "another checkpoint was cosigned last", seen.size)
    if head.size == seen.size and seen.size and head.root != seen.root:
        raise Refused(HTTPStatus.CONFLICT, "this is another tree of the same size", seen.size)
    sizes = {"old_size": seen.size, "size": head.size}
    if not extends(**sizes, old_root=seen.root, root=head.root, proof=request.proof):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "what was cosigned last is not its beginning")
