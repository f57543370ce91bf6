"""A history backup as a browser makes it, with ciphertext that is none: the server cannot tell."""

import json
from typing import Any

from medicus.lib.ids import new_id
from tests.cast import Member, b64

BACKUP = "/api/v1/history-backup"
KEY_NAME = bytes(range(16))


def make_kit(member: Member) -> None:
    assert member.api.post("/api/v1/recovery-kit", {"sealed_key": b64(bytes(200))}).status_code == 204


def begin(member: Member, **changed: Any) -> Any:
    return member.api.post(BACKUP, {"id": str(new_id()), "key_name": b64(KEY_NAME)} | changed)


def put(member: Member, piece_id: str, ciphertext: bytes = b"sealed") -> Any:
    sent = json.dumps({"ciphertext": b64(ciphertext)})
    return member.api.generic("PUT", f"{BACKUP}/pieces/{piece_id}", sent, "application/json")


def save(member: Member, generation: int, *piece_ids: str, manifest: bytes = b"list") -> Any:
    sent = {"generation": generation, "manifest": b64(manifest), "piece_ids": list(piece_ids)}
    return member.api.post(f"{BACKUP}/manifest", sent)


def move(member: Member, generation: int = 1) -> Any:
    return member.api.post(f"{BACKUP}/writer", {"generation": generation})


def backed_up(member: Member) -> str:
    """Begin a backup with one piece that is saved; return the piece's id."""
    make_kit(member)
    assert begin(member).status_code == 204
    piece_id = str(new_id())
    assert put(member, piece_id).status_code == 204
    assert save(member, 1, piece_id).status_code == 200
    return piece_id
