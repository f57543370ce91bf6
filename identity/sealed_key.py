"""How long an identity key is, once it is sealed into a recovery kit: its nonce, PKCS #8 of a P-256 key, and a tag."""

SMALLEST_BYTES, LARGEST_BYTES = 100, 512
