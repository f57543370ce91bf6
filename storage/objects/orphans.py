"""Bytes in the store that no row knows: left behind by a crash between the store and the commit.

Nobody can read them (their key is gone, or was never kept); they only take room. A key of the store tells when
it was made, and its row is committed within the request that made it: what has none a day later gets none,
whatever uploads are in progress."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.models import ObjectPart, OrganisationKey
from storage.objects import store
from storage.objects.files import FileStore
from storage.objects.store import made_at

log = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(days=1)
SLICES = 256
SLICE_SECONDS = 300
"""So long it is the turn of each of the folders 00 to ff: all of them within 22 hours."""
PLAUSIBLE = 10
_BATCH = 500


def collect(*, by: Actor) -> int:  # noqa: ARG001 - as every action
    """Delete what has stood in the store for a day without a row; return how many. Lists the whole store.

    Of S3, half-finished multipart uploads are left to the bucket's own lifecycle rule.
    """
    before = now() - SETTLED_AFTER
    count = sum(_delete(_without_row(keys)) for keys in _batches(_settled("", before)))
    return count + _remove_unfinished(before)


def collect_slice(*, by: Actor) -> int:  # noqa: ARG001 - as every action
    """`collect` without a person who looks: only the slice whose turn it is, only of organisations known here.

    A folder in which much has no row is left alone and reported: it is likelier that the database is not the
    one that belongs to this store, or an old copy of it, than that so much was lost.
    """
    moment = now()
    before, folder = moment - SETTLED_AFTER, slice_at(moment)
    organisation_ids = OrganisationKey.objects.values_list("organisation_id", flat=True).distinct()
    count = sum(
        _collect_folder(f"{organisation_id}/{folder}/", before) for organisation_id in organisation_ids
    )
    return count + _remove_unfinished(before, folder)


def slice_at(moment: datetime) -> str:
    """The folder (the last two hex digits of its keys) whose turn it is."""
    return f"{int(moment.timestamp()) // SLICE_SECONDS % SLICES:02x}"


def _collect_folder(prefix: str, before: datetime) -> int:
    settled = list(_settled(prefix, before))
    orphans = list(chain.from_iterable(_without_row(keys) for keys in _batches(settled)))
    if len(orphans) > max(PLAUSIBLE, len(settled) // 10):
        log.error(
            "%s of %s objects below %s have no row and were left alone: is this the store's own database? "
            "If so, run manage.py tidy_store",
            len(orphans), len(settled), prefix,
        )  # fmt: skip
        return 0
    return _delete(orphans)


def _settled(prefix: str, before: datetime) -> Iterator[str]:
    return (found.key for found in store().list(prefix) if made_at(found.key) < before)


def _without_row(keys: list[str]) -> list[str]:
    known = set(ObjectPart.objects.filter(store_key__in=keys).values_list("store_key", flat=True))
    return [key for key in keys if key not in known]


def _delete(keys: list[str]) -> int:
    for key in keys:
        store().delete(key)
    return len(keys)


def _remove_unfinished(before: datetime, folder: str = "*") -> int:
    files = store()
    return files.remove_unfinished(before=before, folder=folder) if isinstance(files, FileStore) else 0


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
