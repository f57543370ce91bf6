"""The message path's own way to PostgreSQL: asynchronous, prepared, binary, several statements a round trip.

psycopg connects and speaks libpq. Its cursors are left out here: on this path they cost more than the
database itself (3 ms of CPU for a batch of one, against 0.3 ms).
"""

from messaging.postgres.pipeline import Pipeline, connect
from messaging.postgres.statements import Statement

__all__ = ["Pipeline", "Statement", "connect"]
