"""How much a stranger's file may cost. Sizes in bytes."""

KIB, MIB = 1024, 1024 * 1024

MEMORY_BYTES = 512 * MIB
"""Address space of the child; Python with pydicom and numpy takes 160 MiB of it."""
CPU_SECONDS = 10
WALL_SECONDS = 30
"""Much more than `CPU_SECONDS`: on a busy machine the child waits for its turn."""
WALL_BYTES_PER_SECOND = 50 * MIB
"""A large file may take longer to arrive: this rate on top of `WALL_SECONDS`."""

META_BYTES = 1 * MIB
HEADER_BYTES = 16 * MIB
"""All of the data set but its pixels and its large binary values."""
JSON_BYTES = 4 * MIB
LARGE_VALUE_BYTES = 64 * KIB
"""A larger value at the root is walked over and left out of the header."""
ELEMENTS = 60_000
NESTING = 32
FRAMES = 65_536
FRAGMENTS = 200_000

INFLATED_BYTES = 1024 * MIB
INFLATE_RATIO = 100
INFLATE_FREE_BYTES = 16 * MIB
"""Below this the ratio is not looked at: an empty image deflates well."""

PREVIEW_PIXEL_BYTES = 32 * MIB
"""Of one frame as it is stored; decoded it may be as large again."""
PREVIEW_EDGE_PIXELS = 256
PREVIEW_PNG_BYTES = 256 * KIB

OUTPUT_BYTES = 16 * MIB
"""All that the child may print."""
