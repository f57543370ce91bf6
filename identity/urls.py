"""Addresses of `identity`."""

from django.urls import include, path

from identity import (
    api,
    api_device_approvals,
    api_directory,
    api_fhir,
    api_imports,
    api_joins,
    api_key_log,
    api_keys,
    api_offboarding,
    api_people,
    api_policies,
    api_recovery_kit,
    urls_onboarding,
    urls_sign_on,
)
from identity.access import despite_policy, for_patients, public
from identity.views import (
    account,
    confirming,
    departments,
    device_approvals,
    device_joins,
    directory,
    imports,
    invitations,
    notices,
    offboarding,
    passkeys,
    password,
    patient_invitations,
    people,
    policies,
    preferences,
    recovery_codes,
    recovery_kit,
    sign_in,
    statements,
)
from identity.views import (
    api_keys as api_key_pages,
)

app_name = "identity"
urlpatterns = [
    *urls_onboarding.urlpatterns,
    *urls_sign_on.urlpatterns,
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second-factor"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey-sign-in"),
    path("enrol/", sign_in.enrol, name="enrol"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", preferences.language, name="language"),
    path("membership/", preferences.membership, name="membership"),
    path("account/", for_patients(account.account), name="account"),
    path("account/sessions/end-others/", for_patients(account.end_other_sessions), name="end-other-sessions"),
    path("account/sessions/<uuid:sign_in_id>/end/", for_patients(account.end_session), name="end-session"),
    path(
        "account/devices/<uuid:device_id>/revoke/",
        for_patients(account.revoke_device),
        name="account-device-revoke",
    ),
    path("account/confirm/", for_patients(confirming.confirm), name="confirm"),
    path("account/password/", for_patients(password.password), name="password"),
    path("account/sign-ins/<uuid:sign_in_id>/mine/", for_patients(notices.mine), name="sign-in-mine"),
    path(
        "account/sign-ins/<uuid:sign_in_id>/not-mine/",
        for_patients(notices.not_mine),
        name="sign-in-not-mine",
    ),
    path("account/recovery-kit/", for_patients(recovery_kit.recovery_kit), name="recovery-kit"),
    path("account/recovery-kit/use/", for_patients(recovery_kit.use_recovery_kit), name="recovery-kit-use"),
    path("account/devices/join/<uuid:join_id>/", for_patients(device_joins.join), name="device-join"),
    path(
        "account/devices/join/<uuid:join_id>/refuse/",
        for_patients(device_joins.refuse),
        name="device-join-refuse",
    ),
    path("account/recovery-codes/", for_patients(recovery_codes.recovery_codes), name="recovery-codes"),
    path("account/passkeys/add/", for_patients(passkeys.add), name="passkey-add"),
    path("account/passkeys/<uuid:passkey_id>/", for_patients(passkeys.passkey), name="passkey"),
    path("account/passkeys/<uuid:passkey_id>/remove/", for_patients(passkeys.remove), name="passkey-remove"),
    path("directory/", directory.directory, name="directory"),
    path("administration/people/", people.people, name="people"),
    path("administration/people/<uuid:membership_id>/", people.person, name="person"),
    path(
        "administration/people/<uuid:membership_id>/deactivate/", people.deactivate, name="person-deactivate"
    ),
    path(
        "administration/people/<uuid:membership_id>/reactivate/", people.reactivate, name="person-reactivate"
    ),
    path(
        "administration/people/<uuid:membership_id>/reset-identity-key/",
        people.reset_identity_key,
        name="person-reset-identity-key",
    ),
    path(
        "administration/people/<uuid:membership_id>/reset-second-factor/",
        people.reset_second_factor,
        name="person-reset-second-factor",
    ),
    path("administration/people/<uuid:membership_id>/offboarding/", offboarding.offboard, name="offboarding"),
    path("administration/offboardings/<uuid:offboarding_id>/", offboarding.sheet, name="offboarding-sheet"),
    path(
        "administration/offboardings/<uuid:offboarding_id>/pdf/",
        offboarding.sheet_pdf,
        name="offboarding-pdf",
    ),
    path("administration/people/import/", imports.imports, name="imports"),
    path("administration/people/import/template/", imports.template, name="import-template"),
    path("administration/people/import/<uuid:import_id>/", imports.people_import, name="import"),
    path("administration/people/import/<uuid:import_id>/start/", imports.start, name="import-start"),
    path("administration/people/import/<uuid:import_id>/undo/", imports.undo, name="import-undo"),
    path("administration/people/import/<uuid:import_id>/links/", imports.links, name="import-links"),
    path("administration/people/export/", imports.export, name="people-export"),
    path("administration/people/invite/", people.invite, name="invite"),
    path(
        "administration/people/<uuid:membership_id>/invite-again/",
        people.invite_again,
        name="person-invite-again",
    ),
    path(
        "administration/people/<uuid:membership_id>/reset-password/",
        people.reset_password,
        name="person-reset-password",
    ),
    path(
        "administration/people/<uuid:membership_id>/revoke-invitation/",
        people.revoke_invitation,
        name="person-revoke-invitation",
    ),
    path("invitation/", invitations.invitation, name="invitation"),
    path("patient-invitation/", patient_invitations.invitation, name="patient-invitation"),
    path("administration/departments/", departments.departments, name="departments"),
    path("administration/departments/<uuid:department_id>/", departments.department, name="department"),
    path(
        "administration/departments/<uuid:department_id>/close/", departments.close, name="department-close"
    ),
    path("administration/policies/", policies.policies, name="policies"),
    path("api/v1/administration/policies", api_policies.PoliciesView.as_view(), name="policies-api"),
    path(
        "administration/devices/<uuid:device_id>/revoke/",
        people.revoke_device,
        name="staff-device-revoke",
    ),
    path("administration/device-approvals/", device_approvals.approvals, name="device-approvals"),
    path(
        "administration/device-approvals/<uuid:approval_id>/approve/",
        device_approvals.approve,
        name="device-approve",
    ),
    path(
        "administration/device-approvals/<uuid:approval_id>/refuse/",
        device_approvals.refuse,
        name="device-refuse",
    ),
    path("api/v1/administration/device-approvals", api_device_approvals.ApprovalsView.as_view()),
    path(
        "api/v1/administration/device-approvals/<uuid:approval_id>/approve",
        api_device_approvals.ApproveDeviceView.as_view(),
    ),
    path(
        "api/v1/administration/device-approvals/<uuid:approval_id>/refuse",
        api_device_approvals.RefuseDeviceView.as_view(),
    ),
    path("scim/v2/", include("identity.scim.urls")),
    path("administration/api-keys/", api_key_pages.api_keys, name="api-keys"),
    path("administration/api-keys/<uuid:api_key_id>/revoke/", api_key_pages.revoke, name="api-key-revoke"),
    path("api/v1/administration/api-keys", api_keys.ApiKeysView.as_view(), name="api-keys-api"),
    path("api/v1/administration/api-keys/<uuid:api_key_id>/revoke", api_keys.RevokeApiKeyView.as_view()),
    path("api/v1/administration/people", api_people.PeopleView.as_view(), name="people-api"),
    path("api/v1/administration/people/<uuid:membership_id>", api_people.PersonView.as_view()),
    path("api/v1/administration/people/<uuid:membership_id>/deactivate", api_people.DeactivateView.as_view()),
    path("api/v1/administration/people/<uuid:membership_id>/reactivate", api_people.ReactivateView.as_view()),
    path("api/v1/administration/people/imports", api_imports.ImportsView.as_view()),
    path("api/v1/administration/people/imports/<uuid:import_id>", api_imports.ImportView.as_view()),
    path(
        "api/v1/administration/people/imports/<uuid:import_id>/start", api_imports.ImportStartView.as_view()
    ),
    path("api/v1/administration/people/imports/<uuid:import_id>/undo", api_imports.ImportUndoView.as_view()),
    path(
        "api/v1/administration/people/imports/<uuid:import_id>/links", api_imports.ImportLinksView.as_view()
    ),
    path("api/v1/administration/people/imports/template", api_imports.TemplateView.as_view()),
    path("api/v1/administration/people/export", api_imports.ExportView.as_view()),
    path(
        "api/v1/administration/people/<uuid:membership_id>/offboarding",
        api_offboarding.OffboardingView.as_view(),
    ),
    path(
        "api/v1/administration/offboardings/<uuid:offboarding_id>",
        api_offboarding.OffboardingSheetView.as_view(),
    ),
    path(
        "api/v1/administration/people/<uuid:membership_id>/reset-identity-key",
        api_people.ResetIdentityKeyView.as_view(),
    ),
    path(
        "api/v1/administration/people/<uuid:membership_id>/reset-second-factor",
        api_people.ResetSecondFactorView.as_view(),
    ),
    path("api/v1/administration/people/<uuid:membership_id>/invitation", api_people.InvitationView.as_view()),
    path(
        "api/v1/administration/people/<uuid:membership_id>/reset-password",
        api_people.ResetPasswordView.as_view(),
    ),
    path("api/v1/administration/departments", api_people.DepartmentsView.as_view()),
    path("api/v1/administration/departments/<uuid:department_id>", api_people.DepartmentView.as_view()),
    path(
        "api/v1/administration/departments/<uuid:department_id>/close",
        api_people.CloseDepartmentView.as_view(),
    ),
    path(
        "api/v1/session/confirm", for_patients(despite_policy(api.ConfirmView.as_view())), name="confirm-api"
    ),
    path("api/v1/me", api.MeView.as_view(), name="me"),
    path("api/v1/me/key-events", api_key_log.KeyEventsView.as_view(), name="key-events"),
    path("api/v1/me/key-events/doubts", api_key_log.DoubtsView.as_view(), name="key-doubts"),
    path("api/v1/identity-keys", api.IdentityKeysView.as_view(), name="identity-keys"),
    path("api/v1/devices", api.DevicesView.as_view(), name="devices"),
    path("api/v1/devices/<uuid:device_id>/challenge", api.ChallengeView.as_view(), name="device-challenge"),
    path("api/v1/devices/<uuid:device_id>/attach", api.AttachView.as_view(), name="device-attach"),
    path("api/v1/devices/<uuid:device_id>/revoke", api.RevokeView.as_view(), name="device-revoke"),
    path("api/v1/recovery-kit", api_recovery_kit.RecoveryKitView.as_view()),
    path("api/v1/recovery-kit/fetch", api_recovery_kit.FetchKitView.as_view()),
    path("api/v1/device-approvals", api_device_approvals.AskApprovalView.as_view()),
    path("api/v1/device-approvals/<uuid:approval_id>", api_device_approvals.OwnApprovalView.as_view()),
    path("api/v1/device-joins", api_joins.JoinsView.as_view(), name="device-joins"),
    path("api/v1/device-joins/<uuid:join_id>", api_joins.JoinView.as_view(), name="device-join-api"),
    path("api/v1/device-joins/<uuid:join_id>/approve", api_joins.ApproveView.as_view()),
    path("api/v1/device-joins/<uuid:join_id>/backup-key", api_joins.BackupKeyView.as_view()),
    path("api/v1/device-joins/<uuid:join_id>/refuse", api_joins.RefuseView.as_view()),
    path("api/v1/device-joins/<uuid:join_id>/withdraw", api_joins.WithdrawView.as_view()),
    path(
        "api/v1/passkeys/assertion-options",
        public(api.AssertionOptionsView.as_view()),
        name="passkey-assertion",
    ),
    path(
        "api/v1/passkeys/registration-options",
        for_patients(api.RegistrationOptionsView.as_view()),
        name="passkey-registration",
    ),
    path("administration/directory/", statements.organisation, name="directory-statement"),
    path("administration/directory/addresses/", statements.add_endpoint, name="endpoint-add"),
    path(
        "administration/directory/addresses/<uuid:endpoint_id>/remove/",
        statements.remove_endpoint,
        name="endpoint-remove",
    ),
    path(
        "administration/people/<uuid:membership_id>/directory/",
        statements.person,
        name="person-statement",
    ),
    path("account/languages/", statements.languages, name="own-languages"),
    path("api/v1/directory", api_directory.DirectoryView.as_view(), name="directory-search"),
    path("api/v1/directory/value-sets", api_directory.ValueSetsView.as_view()),
    path("api/v1/me/languages", api_directory.OwnLanguagesView.as_view()),
    path(
        "api/v1/administration/people/<uuid:membership_id>/directory", api_directory.StatementView.as_view()
    ),
    path("api/v1/administration/directory", api_directory.OrganisationStatementView.as_view()),
    path("api/v1/administration/directory/endpoints", api_directory.EndpointsView.as_view()),
    path(
        "api/v1/administration/directory/endpoints/<uuid:endpoint_id>", api_directory.EndpointView.as_view()
    ),
    *api_fhir.urlpatterns,
]
