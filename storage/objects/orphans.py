"""Bytes in the store that no row knows: left behind by a crash between the store and the commit.

Nobody can read them (their key is gone, or was never kept); they only take room."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.models import ObjectPart
from storage.objects import store
from storage.objects.files import FileStore
from storage.objects.store import made_at

SETTLED_AFTER = timedelta(days=1)
_BATCH = 500


def collect(*, by: Actor) -> int:  # noqa: ARG001 - as every action
    """Delete what has stood in the store for a day without a row; return how many. Lists the whole store.

    Of S3, half-finished multipart uploads are left to the bucket's own lifecycle rule.
    """
    before = now() - SETTLED_AFTER
    settled = (found.key for found in store().list() if made_at(found.key) < before)
    count = sum(_collect_batch(keys) for keys in _batches(settled))
    if isinstance(files := store(), FileStore):
        count += files.remove_unfinished(before=before)
    return count


def _collect_batch(keys: list[str]) -> int:
    known = set(ObjectPart.objects.filter(store_key__in=keys).values_list("store_key", flat=True))
    orphans = [key for key in keys if key not in known]
    for key in orphans:
        store().delete(key)
    return len(orphans)


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
