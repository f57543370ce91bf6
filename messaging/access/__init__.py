"""What an actor may see of groups and their streams. Absent and forbidden answer alike."""

from messaging.access.contacts import ContactView, RoleChoice, role_choices
from messaging.access.groups import (
    GroupView,
    MemberView,
    Watermark,
    group,
    groups,
    is_leaf,
    is_member,
    watermarks,
)
from messaging.access.key_packages import available
from messaging.access.leaving import leaving_preview, left_alone
from messaging.access.stream import Place, Row, last_seqs, left_devices, page, places, read
from messaging.access.welcomes import WelcomeView, welcomes

__all__ = [
    "ContactView",
    "GroupView",
    "MemberView",
    "Place",
    "RoleChoice",
    "Row",
    "Watermark",
    "WelcomeView",
    "available",
    "group",
    "groups",
    "is_leaf",
    "is_member",
    "last_seqs",
    "leaving_preview",
    "left_alone",
    "left_devices",
    "page",
    "places",
    "read",
    "role_choices",
    "watermarks",
    "welcomes",
]
