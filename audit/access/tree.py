"""Reading the stored tree."""

from datetime import timedelta
from functools import lru_cache

from audit.merkle import LoadTile, Tree, tiles_of_proof
from audit.models import Checkpoint, Cosignature, Tile

CACHED_TILES = 64
WITNESSED_WITHIN = timedelta(minutes=1)


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


def tree_around(index: int, checkpoint: Checkpoint) -> Tree:
    """As `sealed_tree`, with the tiles of one leaf's proof read at once."""
    needed = Tile.objects.filter(pk__in=sorted(tiles_of_proof(index, checkpoint.size)))
    tiles = {
        (level, number): bytes(hashes)
        for level, number, hashes in needed.values_list("level", "number", "hashes")
    }
    return Tree(checkpoint.size, lambda *tile: tiles[tile] if tile in tiles else load_tile(*tile))


def provable_checkpoints() -> list[Checkpoint]:
    """The checkpoints to prove by, the best first: the newest with a witness's word, unless it is old; the latest."""
    latest = latest_checkpoint()
    if latest is None:
        return []
    sizes = Cosignature.objects.order_by("-size").values("size")[:1]
    cosigned = Checkpoint.objects.filter(size__in=sizes, size__lt=latest.size).first()
    lately = cosigned and latest.at - cosigned.at <= WITNESSED_WITHIN
    return [cosigned, latest] if cosigned and lately else [latest]


def witnessed_note(checkpoint: Checkpoint) -> str:
    """The checkpoint with all that witnesses said of it."""
    lines = (
        Cosignature.objects.filter(size=checkpoint.size).order_by("witness").values_list("line", flat=True)
    )
    return checkpoint.note + "".join(lines)
