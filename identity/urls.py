"""Addresses of `identity`."""

from django.urls import path

from identity import api
from identity.access import public
from identity.views import account, directory, passkeys, preferences, recovery_codes, sign_in

app_name = "identity"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second-factor"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey-sign-in"),
    path("enrol/", sign_in.enrol, name="enrol"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", preferences.language, name="language"),
    path("membership/", preferences.membership, name="membership"),
    path("account/", account.account, name="account"),
    path("account/sessions/end-others/", account.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<uuid:sign_in_id>/end/", account.end_session, name="end-session"),
    path("account/devices/<uuid:device_id>/revoke/", account.revoke_device, name="account-device-revoke"),
    path("account/recovery-codes/", recovery_codes.recovery_codes, name="recovery-codes"),
    path("account/passkeys/add/", passkeys.add, name="passkey-add"),
    path("account/passkeys/<uuid:passkey_id>/", passkeys.passkey, name="passkey"),
    path("account/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="passkey-remove"),
    path("directory/", directory.directory, name="directory"),
    path("api/v1/me", api.MeView.as_view(), name="me"),
    path("api/v1/identity-keys", api.IdentityKeysView.as_view(), name="identity-keys"),
    path("api/v1/devices", api.DevicesView.as_view(), name="devices"),
    path("api/v1/devices/<uuid:device_id>/challenge", api.ChallengeView.as_view(), name="device-challenge"),
    path("api/v1/devices/<uuid:device_id>/attach", api.AttachView.as_view(), name="device-attach"),
    path("api/v1/devices/<uuid:device_id>/revoke", api.RevokeView.as_view(), name="device-revoke"),
    path(
        "api/v1/passkeys/assertion-options",
        public(api.AssertionOptionsView.as_view()),
        name="passkey-assertion",
    ),
    path(
        "api/v1/passkeys/registration-options",
        api.RegistrationOptionsView.as_view(),
        name="passkey-registration",
    ),
    path("api/v1/directory", api.DirectoryView.as_view(), name="directory-search"),
]
