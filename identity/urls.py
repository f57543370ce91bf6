"""Addresses of `identity`."""

from django.urls import path

from identity import api, views

app_name = "identity"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/second-factor/", views.second_factor, name="second-factor"),
    path("enrol/", views.enrol, name="enrol"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.language, name="language"),
    path("membership/", views.membership, name="membership"),
    path("directory/", views.directory, name="directory"),
    path("api/v1/me", api.MeView.as_view(), name="me"),
    path("api/v1/identity-keys", api.IdentityKeysView.as_view(), name="identity-keys"),
    path("api/v1/devices", api.DevicesView.as_view(), name="devices"),
    path("api/v1/devices/<uuid:device_id>/challenge", api.ChallengeView.as_view(), name="device-challenge"),
    path("api/v1/devices/<uuid:device_id>/attach", api.AttachView.as_view(), name="device-attach"),
    path("api/v1/devices/<uuid:device_id>/revoke", api.RevokeView.as_view(), name="device-revoke"),
    path("api/v1/directory", api.DirectoryView.as_view(), name="directory-search"),
]
