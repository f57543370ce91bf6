"""How large a history backup may be."""

KEY_NAME_BYTES = 16
LARGEST_PIECE_BYTES = 512 * 1024
LARGEST_MANIFEST_BYTES = 2 * 1024 * 1024
MOST_PIECES = 4096
LARGEST_BACKUP_BYTES = 256 * 1024 * 1024
"""All pieces of one person: some 500,000 messages."""
