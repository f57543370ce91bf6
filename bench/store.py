"""The encrypted object path against bare minio-py: the same S3 server, the same files."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

from bench.results import Row
from bench.setting import use_django
from tests import services

SIZE_BYTES = 64 * 1024 * 1024


def run(*, quick: bool) -> Iterator[Row | str]:
    """store.put and store.get, MB/s: median of turns that alternate between ours and the peer."""
    turns = 2 if quick else 7
    with tempfile.TemporaryDirectory() as folder:
        credentials = services.S3Credentials()
        s3 = services.start_rclone(Path(folder) / "s3", credentials)
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            use_django(
                DATABASE_URL=postgres.url, MEDICUS_VAR=folder, S3_ENDPOINT=s3.url, S3_BUCKET="bench",
                S3_ACCESS_KEY=credentials.access_key, S3_SECRET_KEY=credentials.secret_key,
            )  # fmt: skip
            yield from _compare(s3.url, credentials, turns)
        finally:
            postgres.kill()
            s3.kill()


def _compare(endpoint: str, credentials: services.S3Credentials, turns: int) -> Iterator[Row]:
    import minio

    from storage.models import StoredObject  # noqa: TC001  # Django is set up only now
    from storage.objects import sealed
    from storage.states import ObjectKind

    content = os.urandom(SIZE_BYTES)
    client = minio.Minio(
        endpoint.removeprefix("http://"),
        credentials.access_key,
        credentials.secret_key,
        secure=False,
        region="us-east-1",
    )
    for bucket in ("bare", "bench"):
        client.make_bucket(bucket_name=bucket)
    organisation = _organisation()
    written: list[StoredObject] = []

    def ours_put() -> None:
        chunks = (content[i : i + 1024 * 1024] for i in range(0, SIZE_BYTES, 1024 * 1024))
        written.append(sealed.write(organisation_id=organisation, kind=ObjectKind.FINDING, chunks=chunks))

    def ours_get() -> None:
        assert sum(map(len, sealed.read(written[-1]))) == SIZE_BYTES

    def bare_put() -> None:
        client.put_object(
            bucket_name="bare",
            object_name=str(uuid4()),
            data=BytesIO(content),
            length=-1,
            part_size=16 * 1024 * 1024,
        )

    client.put_object(bucket_name="bare", object_name="one", data=BytesIO(content), length=SIZE_BYTES)

    def bare_get() -> None:
        answer = client.get_object(bucket_name="bare", object_name="one")
        assert sum(map(len, answer.stream(1024 * 1024))) == SIZE_BYTES
        answer.release_conn()

    for name, ours, bare in (("store.put", ours_put, bare_put), ("store.get", ours_get, bare_get)):
        yield Row(name, "MB/s", *_in_turn(ours, bare, turns), "bare minio-py", "≥ 0.8")


def _in_turn(ours: Callable[[], None], bare: Callable[[], None], turns: int) -> tuple[float, float]:
    """Median MB/s of each, after one turn that does not count."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + 1):
        for index, function in enumerate((ours, bare)):
            start = time.perf_counter()
            function()
            if turn:
                seconds[index].append(time.perf_counter() - start)
    return tuple(SIZE_BYTES / 1e6 / statistics.median(values) for values in seconds)  # type: ignore[return-value]


def _organisation() -> UUID:
    from identity import actions
    from identity.states import OrganisationKind
    from medicus.lib.actor import SYSTEM

    return actions.create_organisation(
        by=SYSTEM, name="Bench", kind=OrganisationKind.HOSPITAL, domain="bench.example", city=""
    ).id
