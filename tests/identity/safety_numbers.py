"""The safety number of two people as another implementation computes it, for the browser's tests.

`python -m tests.identity.safety_numbers` writes `web/tests/vectors/safety-number.json`; a test holds that it is current."""

import hashlib
import json
import uuid
from pathlib import Path

FILE = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "safety-number.json"
ITERATIONS = 200_000
Identity = tuple[uuid.UUID, str, bytes]


def safety_number(one: Identity, other: Identity) -> str:
    return "".join(sorted((_digits(*one), _digits(*other))))


def _digits(person_id: uuid.UUID, domain: str, fingerprint: bytes) -> str:
    salt = b"medicus-safety-number/1\n" + person_id.bytes + domain.encode()
    half = hashlib.pbkdf2_hmac("sha256", fingerprint, salt, ITERATIONS, 30)
    return "".join(f"{int.from_bytes(half[at : at + 5]) % 100_000:05}" for at in range(0, 30, 5))


def identity(name: str, domain: str) -> Identity:
    digest = hashlib.sha256(name.encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4), domain, hashlib.sha256(digest).digest()


def text() -> str:
    people = [identity("alice", "a.example"), identity("bob", "b.example"), identity("anton", "a.example")]
    pairs = [(people[0], people[1]), (people[1], people[2]), (people[0], people[2])]
    vectors = [
        {
            side: {"personId": str(one[0]), "domain": one[1], "fingerprint": one[2].hex()}
            for side, one in (("one", first), ("other", second))
        }
        | {"number": safety_number(first, second)}
        for first, second in pairs
    ]
    return json.dumps(vectors, indent="\t") + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
