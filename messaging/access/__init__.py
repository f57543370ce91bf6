"""What an actor may see of groups and their streams. Absent and forbidden answer alike."""

from messaging.access.acknowledgements import (
    Acknowledgements,
    AcknowledgementView,
    acknowledgements,
    acknowledgements_of,
)
from messaging.access.cases import (
    CaseView,
    MarkView,
    PatientCase,
    RecordedView,
    cases_of_patient,
    shares_patient_case,
)
from messaging.access.conduct import (
    BlockCard,
    OwnReport,
    ReportCard,
    ReportsPage,
    blocks,
    open_reports,
    own_reports,
    report_row,
    reports_page,
)
from messaging.access.contacts import ContactView, RoleChoice, role_choices
from messaging.access.correspondence import Correspondence, correspondence
from messaging.access.figures import KindFigures, MessageDay, MessagingFigures, Room, messaging_figures
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
from messaging.access.holds import HoldCard, hold_card, holds, own_hold
from messaging.access.key_packages import available
from messaging.access.leaving import leaving_preview, left_alone
from messaging.access.open_items import OpenCounts, OpenItem, OpenItems, ToAdd, open_counts, open_items
from messaging.access.retention import HoldNote, Retention
from messaging.access.stream import Place, Row, last_seqs, left_devices, page, places, read
from messaging.access.urgent import (
    LineView,
    StepView,
    UrgentPage,
    UrgentView,
    urgent_message,
    urgent_messages,
)
from messaging.access.urgent_figures import RoleFigures, UrgentDay, UrgentFigures, urgent_figures
from messaging.access.welcomes import WelcomeView, welcomes

__all__ = [
    "AcknowledgementView",
    "Acknowledgements",
    "BlockCard",
    "CaseView",
    "ContactView",
    "Correspondence",
    "GroupView",
    "HoldCard",
    "HoldNote",
    "KindFigures",
    "LineView",
    "MarkView",
    "MemberView",
    "MessageDay",
    "MessagingFigures",
    "OpenCounts",
    "OpenItem",
    "OpenItems",
    "OwnReport",
    "PatientCase",
    "Place",
    "RecordedView",
    "ReportCard",
    "ReportsPage",
    "Retention",
    "RoleChoice",
    "RoleFigures",
    "Room",
    "Row",
    "StepView",
    "ToAdd",
    "UrgentDay",
    "UrgentFigures",
    "UrgentPage",
    "UrgentView",
    "Watermark",
    "WelcomeView",
    "acknowledgements",
    "acknowledgements_of",
    "available",
    "blocks",
    "cases_of_patient",
    "correspondence",
    "group",
    "groups",
    "hold_card",
    "holds",
    "is_leaf",
    "is_member",
    "last_seqs",
    "leaving_preview",
    "left_alone",
    "left_devices",
    "messaging_figures",
    "open_counts",
    "open_items",
    "open_reports",
    "own_hold",
    "own_reports",
    "page",
    "places",
    "read",
    "report_row",
    "reports_page",
    "role_choices",
    "shares_patient_case",
    "urgent_figures",
    "urgent_message",
    "urgent_messages",
    "watermarks",
    "welcomes",
]
