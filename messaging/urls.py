"""Addresses of `messaging`."""

from django.urls import URLPattern, path

from messaging import hold_pages, views, views_conduct
from messaging.api import cases, conduct, contacts, groups, holds, key_packages, push, stream, urgent

_MESSAGE = "api/v1/groups/<uuid:group_id>/messages/<uuid:message_id>"

app_name = "messaging"
urlpatterns: list[URLPattern] = [
    path("conversations/", views.conversations, name="conversations"),
    path("conversations/new/", views.new_conversation, name="new-conversation"),
    path("conversations/<uuid:group_id>/", views.conversations, name="conversation"),
    path("account/blocked/", views_conduct.blocks, name="blocks"),
    path("account/blocked/<uuid:person_id>/lift/", views_conduct.unblock, name="unblock"),
    path("administration/reports/", views_conduct.reports, name="reports"),
    path("administration/reports/<uuid:report_id>/", views_conduct.report, name="report"),
    path("api/v1/me/blocks", conduct.BlocksView.as_view(), name="api-blocks"),
    path("api/v1/me/blocks/<uuid:person_id>", conduct.BlockDetail.as_view(), name="api-block"),
    path("api/v1/me/reports", conduct.ReportsView.as_view(), name="api-reports"),
    path("administration/legal-holds/", hold_pages.holds, name="holds"),
    path("administration/legal-holds/<uuid:hold_id>/lift/", hold_pages.lift, name="hold-lift"),
    path("api/v1/administration/legal-holds", holds.HoldsView.as_view(), name="api-holds"),
    path(
        "api/v1/administration/legal-holds/<uuid:hold_id>/lift",
        holds.HoldLiftView.as_view(),
        name="api-hold-lift",
    ),
    path("api/v1/key-packages", key_packages.KeyPackagesView.as_view(), name="key-packages"),
    path("api/v1/key-packages/claim", key_packages.ClaimView.as_view(), name="claim"),
    path("api/v1/welcomes", key_packages.WelcomesView.as_view(), name="welcomes"),
    path("api/v1/welcomes/<uuid:welcome_id>", key_packages.WelcomeDetail.as_view(), name="welcome"),
    path("api/v1/push", push.PushView.as_view(), name="push"),
    path("api/v1/push/test", push.PushTestView.as_view(), name="push-test"),
    path("api/v1/groups", groups.GroupsView.as_view(), name="groups"),
    path("api/v1/groups/<uuid:group_id>", groups.GroupDetail.as_view(), name="group"),
    path("api/v1/groups/<uuid:group_id>/commits", groups.CommitsView.as_view(), name="commits"),
    path("api/v1/groups/<uuid:group_id>/contact", contacts.ContactView.as_view(), name="contact"),
    path("api/v1/groups/<uuid:group_id>/case", cases.CaseView.as_view(), name="case"),
    path("api/v1/groups/<uuid:group_id>/case/close", cases.CaseCloseView.as_view(), name="case-close"),
    path("api/v1/groups/<uuid:group_id>/case/reopen", cases.CaseReopenView.as_view(), name="case-reopen"),
    path("api/v1/groups/<uuid:group_id>/case/record", cases.CaseRecordView.as_view(), name="case-record"),
    path("api/v1/groups/<uuid:group_id>/case/exports", cases.CaseExportsView.as_view(), name="case-exports"),
    path("api/v1/groups/<uuid:group_id>/marks", cases.MarksView.as_view(), name="marks"),
    path(
        "api/v1/groups/<uuid:group_id>/marks/<uuid:message_id>/waive",
        cases.MarkWaiveView.as_view(),
        name="mark-waive",
    ),
    path("api/v1/groups/<uuid:group_id>/unknown-leaf", groups.UnknownLeafView.as_view(), name="unknown-leaf"),
    path("api/v1/groups/<uuid:group_id>/entries", stream.EntriesView.as_view(), name="entries"),
    path("api/v1/groups/<uuid:group_id>/messages", stream.MessagesView.as_view(), name="messages"),
    path("api/v1/groups/<uuid:group_id>/receipts", stream.ReceiptsView.as_view(), name="receipts"),
    path("api/v1/groups/<uuid:group_id>/acknowledgements", urgent.AcknowledgementsView.as_view()),
    path("api/v1/groups/<uuid:group_id>/urgent", urgent.UrgentMessagesView.as_view()),
    path(f"{_MESSAGE}/acknowledgements", urgent.AcknowledgeView.as_view()),
    path(f"{_MESSAGE}/hand-back", urgent.HandBackView.as_view()),
    path(f"{_MESSAGE}/urgent", urgent.UrgentView.as_view()),
    path(f"{_MESSAGE}/withdraw", urgent.WithdrawView.as_view()),
    path("api/v1/urgent", urgent.OpenItemsView.as_view()),
]
