"""`SESSION_ENGINE`: sessions in the database, whose rows end by the limits of `identity.sessions`."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db

from identity import sessions


class SessionStore(db.SessionStore):
    def get_expiry_date(self, **_: Any) -> datetime:
        return sessions.ends_at(self)
