"""The API of the history backup, for the browser that seals or opens it."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from identity.serializers import Base64Field, InstantField
from messaging import actions
from messaging.access.backups import history_backup
from messaging.actions.backups import NewManifest
from messaging.api.reading import checked
from messaging.states_backup import KEY_NAME_BYTES, LARGEST_MANIFEST_BYTES, LARGEST_PIECE_BYTES, MOST_PIECES


class BackupAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key_name = Base64Field(help_text="16 bytes: tells one backup key from another")
    generation = serializers.IntegerField(help_text="counts the manifests; 0: nothing is saved yet")
    created_at = InstantField()
    saved_at = InstantField(allow_null=True)
    size_bytes = serializers.IntegerField()
    writes_here = serializers.BooleanField(help_text="whether this session's device writes it")
    writer_active = serializers.BooleanField(
        help_text="whether the device that writes it is neither revoked nor expired"
    )
    kit = serializers.BooleanField(
        help_text="whether there is a recovery kit, which opens it when all devices are lost"
    )


class BackupState(serializers.Serializer[Any]):
    backup = BackupAnswer(allow_null=True)


class NewBackup(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="made by the browser")
    key_name = Base64Field(maximum_bytes=KEY_NAME_BYTES)


class KnownGeneration(serializers.Serializer[Any]):
    generation = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="of the manifest that this browser has read"
    )


class SealedPiece(serializers.Serializer[Any]):
    ciphertext = Base64Field(maximum_bytes=LARGEST_PIECE_BYTES)


class SealedManifest(serializers.Serializer[Any]):
    generation = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    manifest = Base64Field(maximum_bytes=LARGEST_MANIFEST_BYTES)
    piece_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_PIECES)


class OpenedAnswer(serializers.Serializer[Any]):
    backup = BackupAnswer(source="view")
    manifest = Base64Field(help_text="sealed; empty before anything was saved")
    at = InstantField(help_text="the server's time")


class BackupDetail(APIView):
    @extend_schema(operation_id="history_backup_read", responses=BackupState)
    def get(self, request: Request) -> Response:
        """Whether one's messages are backed up, since when, and how much it is."""
        return Response(BackupState({"backup": history_backup(by=actor_of(request))}).data)

    @extend_schema(operation_id="history_backup_begin", request=NewBackup, responses={204: None})
    def post(self, request: Request) -> Response:
        """Begin a backup, which this browser writes (409 `no-recovery-kit`, `backup-exists`)."""
        sent = checked(NewBackup, request.data)
        actions.begin_backup(by=actor_of(request), backup_id=sent["id"], key_name=sent["key_name"])
        return Response(status=204)

    @extend_schema(operation_id="history_backup_delete", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Destroy the backup for good."""
        actions.delete_backup(by=actor_of(request))
        return Response(status=204)


class BackupOpen(APIView):
    @extend_schema(operation_id="history_backup_open", request=None, responses=OpenedAnswer)
    def post(self, request: Request) -> Response:
        """The sealed list of pieces, to bring the messages into this browser."""
        return Response(OpenedAnswer(actions.open_backup(by=actor_of(request))).data)


class BackupWriter(APIView):
    @extend_schema(operation_id="history_backup_move", request=KnownGeneration, responses=BackupAnswer)
    def post(self, request: Request) -> Response:
        """Have this browser write the backup from now on (409 `stale-backup`: another one saved meanwhile)."""
        sent = checked(KnownGeneration, request.data)
        return Response(BackupAnswer(actions.move_backup(by=actor_of(request), **sent)).data)


class BackupManifest(APIView):
    @extend_schema(operation_id="history_backup_save", request=SealedManifest, responses=BackupAnswer)
    def post(self, request: Request) -> Response:
        """Put a new list of pieces in the place of the old one; pieces that it does not name end (409 `stale-backup`)."""
        new = NewManifest(**checked(SealedManifest, request.data))
        return Response(BackupAnswer(actions.save_backup(by=actor_of(request), new=new)).data)


class BackupPieceDetail(APIView):
    @extend_schema(operation_id="history_backup_piece_read", responses=SealedPiece)
    def get(self, request: Request, piece_id: uuid.UUID) -> Response:
        """A piece, sealed."""
        ciphertext = actions.read_piece(by=actor_of(request), piece_id=piece_id)
        return Response(SealedPiece({"ciphertext": ciphertext}).data)

    @extend_schema(operation_id="history_backup_piece_keep", request=SealedPiece, responses={204: None})
    def put(self, request: Request, piece_id: uuid.UUID) -> Response:
        """Keep a piece; it lives as long as the manifests name it."""
        sent = checked(SealedPiece, request.data)
        actions.keep_piece(by=actor_of(request), piece_id=piece_id, ciphertext=sent["ciphertext"])
        return Response(status=204)
