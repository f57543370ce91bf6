"""Reading the stored tree."""

from functools import lru_cache

from audit.merkle import LoadTile, Tree
from audit.models import Checkpoint, Tile

CACHED_TILES = 64


def load_tile(level: int, number: int) -> bytes:
    """The hashes of a tile that is known to exist."""
    return bytes(Tile.objects.values_list("hashes", flat=True).get(level=level, number=number))


def cached_tiles() -> LoadTile:
    """As `load_tile`, for many reads within one sealed size."""
    return lru_cache(maxsize=CACHED_TILES)(load_tile)


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def sealed_tree(checkpoint: Checkpoint) -> Tree:
    """The tree as it was at `checkpoint`."""
    return Tree(checkpoint.size, load_tile)
