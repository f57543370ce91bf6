"""What can happen in `identity`; each action takes `by`, checks, writes and records in one transaction."""

from identity.actions.api_keys import (
    MadeKey,
    create_api_key,
    refuse_key_in_address,
    revoke_api_key,
    use_api_key,
)
from identity.actions.applications import (
    approve_application,
    check_application,
    check_domain,
    decline_application,
    state_evidence,
    submit_application,
    withdraw_application,
)
from identity.actions.approved_devices import ApprovalNeeded
from identity.actions.certified_devices import TooManyDevices
from identity.actions.completion import Completed
from identity.actions.demo import email_of, let_demo_patient_in, seed_demo
from identity.actions.departments import change_department, close_department
from identity.actions.device_approvals import (
    ApprovalOver,
    NewDevice,
    OwnDeviceApproval,
    approve_device,
    ask_for_approval,
    refuse_device,
)
from identity.actions.device_joins import (
    GivenApproval,
    JoinMismatch,
    JoinOver,
    NewJoin,
    NoBackupKey,
    approve_join,
    ask_to_join,
    refuse_join,
    take_backup_key,
    withdraw_join,
)
from identity.actions.devices import attach_device, challenge_device, register_device, revoke_device
from identity.actions.directory import (
    read_fhir,
    search_directory,
    search_fhir,
    set_own_languages,
)
from identity.actions.directory_statements import (
    add_endpoint,
    remove_endpoint,
    state_in_directory,
    state_organisation,
)
from identity.actions.expiry import expire
from identity.actions.identity_keys import IdentityKeyExists, certify_identity_key, reset_identity_key
from identity.actions.imports import (
    DryRun,
    check_people,
    export_people,
    make_links,
    requeue_imports,
    run_import,
    start_import,
    undo_import,
)
from identity.actions.invitations import (
    Invited,
    accept_invitation,
    begin_invitation,
    invite_again,
    invite_person,
    open_invitation,
    reset_password,
    revoke_invitation,
)
from identity.actions.key_log import report_key_doubt
from identity.actions.links import InvitationRefused
from identity.actions.notices import confirm_sign_in, dispute_sign_in
from identity.actions.offboarding import offboard, offboard_ended
from identity.actions.operators import create_operator_organisation, invite_operator
from identity.actions.organisations import create_department, create_organisation, verify_organisation
from identity.actions.own_sessions import change_password, end_other_sessions, end_session
from identity.actions.passkeys import (
    add_passkey,
    assertion_options,
    registration_options,
    remove_passkey,
    rename_passkey,
)
from identity.actions.patient_places import confirm_identity, end_patient_place, withdraw_identity
from identity.actions.patients import (
    PatientInvited,
    Taking,
    accept_as_known,
    accept_as_new,
    begin_patient_invitation,
    invite_patient,
    open_patient_invitation,
    withdraw_patient_invitation,
)
from identity.actions.people import (
    change_person,
    create_membership,
    create_person,
    reset_second_factor,
    set_language,
    set_password,
)
from identity.actions.policies import change_policies
from identity.actions.recovery_codes import make_recovery_codes
from identity.actions.recovery_kit import fetch_recovery_kit, keep_recovery_kit, withdraw_recovery_kit
from identity.actions.registration import (
    Registration,
    link_for_first_administrator,
    register_organisation,
    remove_abandoned_registrations,
    remove_registration,
)
from identity.actions.scim import Taken, change_scim_user, create_scim_user, delete_scim_user, refuse_scim
from identity.actions.scim_groups import change_scim_group, create_scim_group, delete_scim_group
from identity.actions.second_factor import current_code, enrol_totp
from identity.actions.sign_in import (
    NextStep,
    confirm_totp,
    sign_in_with_passkey,
    sign_out,
    start_sign_in,
    switch_membership,
    verify_second_factor,
)
from identity.actions.sso.accounts import forget_provider_account
from identity.actions.sso.arriving import Arrived, come_from_provider
from identity.actions.sso.leaving import go_to_confirm, go_to_provider
from identity.actions.sso.settings import (
    change_single_sign_on,
    check_provider,
    refresh_provider,
    request_refreshes,
    turn_off_single_sign_on,
    turn_on_single_sign_on,
)
from identity.actions.staff import change_membership, deactivate_membership, reactivate_membership
from identity.actions.step_up import confirm_presence

__all__ = [
    "ApprovalNeeded",
    "ApprovalOver",
    "Arrived",
    "Completed",
    "DryRun",
    "GivenApproval",
    "IdentityKeyExists",
    "InvitationRefused",
    "Invited",
    "JoinMismatch",
    "JoinOver",
    "MadeKey",
    "NewDevice",
    "NewJoin",
    "NextStep",
    "NoBackupKey",
    "OwnDeviceApproval",
    "PatientInvited",
    "Registration",
    "Taken",
    "Taking",
    "TooManyDevices",
    "accept_as_known",
    "accept_as_new",
    "accept_invitation",
    "add_endpoint",
    "add_passkey",
    "approve_application",
    "approve_device",
    "approve_join",
    "ask_for_approval",
    "ask_to_join",
    "assertion_options",
    "attach_device",
    "begin_invitation",
    "begin_patient_invitation",
    "certify_identity_key",
    "challenge_device",
    "change_department",
    "change_membership",
    "change_password",
    "change_person",
    "change_policies",
    "change_scim_group",
    "change_scim_user",
    "change_single_sign_on",
    "check_application",
    "check_domain",
    "check_people",
    "check_provider",
    "close_department",
    "come_from_provider",
    "confirm_identity",
    "confirm_presence",
    "confirm_sign_in",
    "confirm_totp",
    "create_api_key",
    "create_department",
    "create_membership",
    "create_operator_organisation",
    "create_organisation",
    "create_person",
    "create_scim_group",
    "create_scim_user",
    "current_code",
    "deactivate_membership",
    "decline_application",
    "delete_scim_group",
    "delete_scim_user",
    "dispute_sign_in",
    "email_of",
    "end_other_sessions",
    "end_patient_place",
    "end_session",
    "enrol_totp",
    "expire",
    "export_people",
    "fetch_recovery_kit",
    "forget_provider_account",
    "go_to_confirm",
    "go_to_provider",
    "invite_again",
    "invite_operator",
    "invite_patient",
    "invite_person",
    "keep_recovery_kit",
    "let_demo_patient_in",
    "link_for_first_administrator",
    "make_links",
    "make_recovery_codes",
    "offboard",
    "offboard_ended",
    "open_invitation",
    "open_patient_invitation",
    "reactivate_membership",
    "read_fhir",
    "refresh_provider",
    "refuse_device",
    "refuse_join",
    "refuse_key_in_address",
    "refuse_scim",
    "register_device",
    "register_organisation",
    "registration_options",
    "remove_abandoned_registrations",
    "remove_endpoint",
    "remove_passkey",
    "remove_registration",
    "rename_passkey",
    "report_key_doubt",
    "request_refreshes",
    "requeue_imports",
    "reset_identity_key",
    "reset_password",
    "reset_second_factor",
    "revoke_api_key",
    "revoke_device",
    "revoke_invitation",
    "run_import",
    "search_directory",
    "search_fhir",
    "seed_demo",
    "set_language",
    "set_own_languages",
    "set_password",
    "sign_in_with_passkey",
    "sign_out",
    "start_import",
    "start_sign_in",
    "state_evidence",
    "state_in_directory",
    "state_organisation",
    "submit_application",
    "switch_membership",
    "take_backup_key",
    "turn_off_single_sign_on",
    "turn_on_single_sign_on",
    "undo_import",
    "use_api_key",
    "verify_organisation",
    "verify_second_factor",
    "withdraw_application",
    "withdraw_identity",
    "withdraw_join",
    "withdraw_patient_invitation",
    "withdraw_recovery_kit",
]
