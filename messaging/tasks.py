"""Jobs of `messaging`."""

import uuid

from celery import shared_task

from medicus.lib.actor import SYSTEM
from messaging import actions


@shared_task(name="messaging.tasks.expire")
def expire() -> None:
    """Throw away key packages that have expired, close contact requests that nobody answered, and empty messages whose
    time is over. Run every hour, anywhere, also twice at once."""
    actions.expire(by=SYSTEM)
    actions.expire_contacts(by=SYSTEM)
    actions.expire_messages(by=SYSTEM)


@shared_task(name="messaging.tasks.escalate")
def escalate() -> None:
    """Let urgent messages climb, hand over those of roles that somebody else holds, and send what notices are due.
    Run every few seconds, anywhere, also twice at once."""
    actions.escalate(by=SYSTEM)
    actions.hand_over(by=SYSTEM)
    actions.send_notices(by=SYSTEM)


@shared_task(name="messaging.tasks.notify")
def notify() -> None:
    """Send the notices about urgent messages that have just come up; `escalate` finds those that this one loses."""
    actions.send_notices(by=SYSTEM)


@shared_task(name="messaging.tasks.count")
def count() -> None:
    """Count what was sent today and yesterday, for the administration. Run every ten minutes, also twice at once."""
    actions.count_recent_days(by=SYSTEM)


@shared_task(name="messaging.tasks.count_all")
def count_all() -> None:
    """Count every day anew of which something is stored. Run every six hours, also twice at once."""
    actions.count_all_days(by=SYSTEM)


@shared_task(name="messaging.tasks.call_absent")
def call_absent() -> None:
    """Find who has something unseen and is not there, and have their browsers called. Run every ten seconds."""
    actions.call_absent(by=SYSTEM)


@shared_task(name="messaging.tasks.push")
def push(device_id: str) -> None:
    """Call one browser, if its call is due. May be lost or come twice."""
    actions.push(by=SYSTEM, device_id=uuid.UUID(device_id))
