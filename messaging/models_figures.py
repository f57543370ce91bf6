"""What is counted for the administration: how much is written and stored, never what or to whom."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from medicus.lib.ids import new_id


class MessagingDay(models.Model):
    """What people of an organisation sent on one day. `messages`: those that have expired, too; `stored_bytes`: what of
    it (commits included) is still there. Counted in the background: a page must not read a year of messages."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        "identity.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    on = models.DateField(help_text="in the time zone of the service")
    messages = models.PositiveIntegerField()
    stored_bytes = models.PositiveBigIntegerField(help_text="ciphertext, without indexes")
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "on"], name="messaging_day_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["on"], condition=Q(stored_bytes__gt=0), name="messaging_days_that_store")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.on}"
