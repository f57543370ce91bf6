"""What an organisation demands of its own people, beyond what the service demands of everybody."""

from django.db import models
from django.db.models import Q

from identity.models.organisation import Organisation
from identity.states import (
    ABSOLUTE_HOURS,
    AUDIT_YEARS,
    CASE_DAYS,
    CASE_DAYS_DEFAULT,
    HISTORY_DAYS,
    IDLE_MINUTES,
    TALK_DAYS,
    TALK_DAYS_DEFAULT,
    NewDevicesPolicy,
    SecondFactorPolicy,
    StrangersPolicy,
)


class Policy(models.Model):
    """The policies of one organisation, one typed field each. Without a row, or at its default, a field changes nothing.

    changes: by field, who changed it last and when."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="policy")
    second_factor = models.CharField(
        max_length=30,
        default=SecondFactorPolicy.ANY.value,
        choices=[(item.value, item.value) for item in SecondFactorPolicy],
    )
    idle_minutes = models.PositiveSmallIntegerField(default=IDLE_MINUTES[1])
    absolute_hours = models.PositiveSmallIntegerField(default=ABSOLUTE_HOURS[1])
    networks = models.JSONField(default=list, blank=True, help_text="CIDR; empty: from everywhere")
    strangers = models.CharField(
        max_length=20,
        default=StrangersPolicy.STAFF.value,
        choices=[(item.value, item.value) for item in StrangersPolicy],
    )
    new_devices = models.CharField(
        max_length=20,
        default=NewDevicesPolicy.OWN.value,
        choices=[(item.value, item.value) for item in NewDevicesPolicy],
    )
    history_days = models.PositiveSmallIntegerField(default=HISTORY_DAYS[1])
    audit_years = models.PositiveSmallIntegerField(default=AUDIT_YEARS[1])
    case_days = models.PositiveSmallIntegerField(default=CASE_DAYS_DEFAULT)
    talk_days = models.PositiveSmallIntegerField(default=TALK_DAYS_DEFAULT)
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_factor__in=[item.value for item in SecondFactorPolicy]),
                name="policy_second_factor_is_known",
            ),
            models.CheckConstraint(
                condition=Q(strangers__in=[item.value for item in StrangersPolicy]),
                name="policy_strangers_is_known",
            ),
            models.CheckConstraint(
                condition=Q(new_devices__in=[item.value for item in NewDevicesPolicy]),
                name="policy_new_devices_is_known",
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__range=IDLE_MINUTES)
                & Q(absolute_hours__range=ABSOLUTE_HOURS)
                & Q(history_days__range=HISTORY_DAYS)
                & Q(audit_years__range=AUDIT_YEARS),
                name="policy_times_lie_within_the_services",
            ),
            models.CheckConstraint(
                condition=Q(case_days__range=CASE_DAYS) & Q(talk_days__range=TALK_DAYS),
                name="policy_retention_lies_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"policies of {self.organisation_id}"
