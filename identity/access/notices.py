"""Sign-ins from browsers that were not known: what the person is asked about them, in the browsers known before."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from identity.models import SignIn
from identity.states import SignInNotice
from medicus.lib.errors import NotFound

REFUSALS_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """A sign-in that its person is asked about. refused: attempts in the day before, where it is unusual."""

    id: uuid.UUID
    at: datetime
    browser: str
    system: str
    network: str
    unusual: bool
    refused: int


def open_notices(*, person_id: Any, browser_since: datetime) -> QuerySet[SignIn]:
    """The notices that nobody has answered, the oldest first. person_id: also a reference of an outer query.

    browser_since: since when the asking browser is known. Only what came later is asked there, so whoever signs in
    from a new browser is not asked about themselves."""
    rows = SignIn.objects.filter(person=person_id, answer="", at__gt=browser_since)
    return rows.exclude(notice="").order_by("at", "id")


def notice_card(*, sign_in_id: uuid.UUID) -> NoticeCard:
    """Describe a sign-in that `signed_in` has found to ask about.

    Raises:
        NotFound: absent.
    """
    row = SignIn.objects.filter(id=sign_in_id).first()
    if row is None or row.person_id is None:
        raise NotFound
    unusual = row.notice == SignInNotice.UNUSUAL
    refused = refusals_before(person_id=row.person_id, at=row.at) if unusual else 0
    return NoticeCard(row.id, row.at, row.browser, row.system, row.network, unusual, refused)


def refusals_before(*, person_id: uuid.UUID, at: datetime) -> int:
    """How many attempts at an account were refused in the day before."""
    rows = SignIn.objects.filter(person=person_id, succeeded=False, at__gt=at - REFUSALS_WITHIN, at__lte=at)
    return rows.count()
