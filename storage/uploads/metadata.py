"""The header Upload-Metadata: `key base64,key base64,key` (tus 1.0, Creation)."""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from medicus.lib.errors import Invalid
from storage.states import ObjectKind

LIMIT_BYTES = 4096
UPLOADED = (ObjectKind.ATTACHMENT, ObjectKind.FINDING)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the client says of its upload. `header` is what it sent, `pairs` all of it, decoded."""

    header: str
    pairs: dict[str, str]
    kind: ObjectKind
    group_id: UUID | None
    patient_id: UUID | None


def parse(header: str) -> Metadata:
    """Read the header.

    Raises:
        Invalid: malformed, too long, an unknown kind, or without the group or patient that the kind needs.
    """
    pairs = _pairs(header)
    kind = next((kind for kind in UPLOADED if kind.value == pairs.get("kind")), None)
    if kind is None:
        raise Invalid(errors={"kind": _("This kind of upload is not known.")})
    group_id = _id(pairs, "group") if kind is ObjectKind.ATTACHMENT else None
    patient_id = _id(pairs, "patient") if kind is ObjectKind.FINDING else None
    return Metadata(header, pairs, kind, group_id, patient_id)


def _pairs(header: str) -> dict[str, str]:
    if len(header) > LIMIT_BYTES:
        raise Invalid(errors={"Upload-Metadata": _("This is too long.")})
    pairs: dict[str, str] = {}
    for item in header.split(","):
        key, _space, value = item.strip().partition(" ")
        if not key or not key.isascii() or key in pairs:
            raise _malformed()
        pairs[key] = _decoded(value)
    return pairs


def _decoded(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _malformed() from None


def _malformed() -> Invalid:
    return Invalid(errors={"Upload-Metadata": _("This is not well-formed.")})


def _id(pairs: dict[str, str], key: str) -> UUID:
    try:
        return UUID(pairs.get(key, ""))
    except ValueError:
        raise Invalid(errors={key: _("This is not an identifier.")}) from None
