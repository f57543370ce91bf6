"""Addresses of `messaging`."""

from django.urls import URLPattern, path

from messaging import views
from messaging.api import contacts, groups, key_packages, stream

app_name = "messaging"
urlpatterns: list[URLPattern] = [
    path("conversations/", views.conversations, name="conversations"),
    path("conversations/new/", views.new_conversation, name="new-conversation"),
    path("conversations/<uuid:group_id>/", views.conversations, name="conversation"),
    path("api/v1/key-packages", key_packages.KeyPackagesView.as_view(), name="key-packages"),
    path("api/v1/key-packages/claim", key_packages.ClaimView.as_view(), name="claim"),
    path("api/v1/welcomes", key_packages.WelcomesView.as_view(), name="welcomes"),
    path("api/v1/welcomes/<uuid:welcome_id>", key_packages.WelcomeDetail.as_view(), name="welcome"),
    path("api/v1/groups", groups.GroupsView.as_view(), name="groups"),
    path("api/v1/groups/<uuid:group_id>", groups.GroupDetail.as_view(), name="group"),
    path("api/v1/groups/<uuid:group_id>/commits", groups.CommitsView.as_view(), name="commits"),
    path("api/v1/groups/<uuid:group_id>/contact", contacts.ContactView.as_view(), name="contact"),
    path("api/v1/groups/<uuid:group_id>/unknown-leaf", groups.UnknownLeafView.as_view(), name="unknown-leaf"),
    path("api/v1/groups/<uuid:group_id>/entries", stream.EntriesView.as_view(), name="entries"),
    path("api/v1/groups/<uuid:group_id>/messages", stream.MessagesView.as_view(), name="messages"),
    path("api/v1/groups/<uuid:group_id>/receipts", stream.ReceiptsView.as_view(), name="receipts"),
]
