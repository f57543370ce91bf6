"""The doors to the history backup."""

from typing import Any
from uuid import UUID

from medicus.lib.ids import new_id
from tests.cast import b64
from tests.matrix.door import on, own
from tests.matrix.world import World

_PIECE = "api/v1/history-backup/pieces/{object}"


def _begin(_world: World, _: UUID) -> dict[str, Any]:
    return {"id": str(new_id()), "key_name": b64(bytes(16))}


def _known(_world: World, _: UUID) -> dict[str, Any]:
    return {"generation": 1}


def _manifest(_world: World, _: UUID) -> dict[str, Any]:
    return {"generation": 1, "manifest": b64(b"sealed"), "piece_ids": []}


BACKUP_DOORS = [
    own("GET", "api/v1/history-backup"),
    own("POST", "api/v1/history-backup", _begin),
    own("DELETE", "api/v1/history-backup"),
    own("POST", "api/v1/history-backup/open"),
    own("POST", "api/v1/history-backup/writer", _known),
    own("POST", "api/v1/history-backup/manifest", _manifest),
    on("GET", _PIECE, "piece", frozenset({"alice"})),
    on("PUT", _PIECE, "piece", frozenset({"alice"}), lambda *_: {"ciphertext": b64(b"sealed")}),
]
