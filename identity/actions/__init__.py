"""What can happen in `identity`; each action takes `by`, checks, writes and records in one transaction."""

from identity.actions.certified_devices import TooManyDevices
from identity.actions.demo import email_of, seed_demo
from identity.actions.departments import change_department, close_department
from identity.actions.device_joins import (
    JoinMismatch,
    JoinOver,
    NewJoin,
    approve_join,
    ask_to_join,
    refuse_join,
    withdraw_join,
)
from identity.actions.devices import (
    attach_device,
    challenge_device,
    register_device,
    revoke_device,
)
from identity.actions.directory import search_directory
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
    InvitationRefused,
    Invited,
    accept_invitation,
    begin_invitation,
    invite_again,
    invite_person,
    open_invitation,
    reset_password,
    revoke_invitation,
)
from identity.actions.organisations import create_department, create_organisation, verify_organisation
from identity.actions.own_sessions import end_other_sessions, end_session
from identity.actions.passkeys import (
    add_passkey,
    assertion_options,
    registration_options,
    remove_passkey,
    rename_passkey,
)
from identity.actions.people import (
    create_membership,
    create_person,
    reset_second_factor,
    set_language,
    set_password,
)
from identity.actions.recovery_codes import make_recovery_codes
from identity.actions.second_factor import current_code, enrol_totp
from identity.actions.sign_in import (
    Completed,
    NextStep,
    confirm_totp,
    sign_in_with_passkey,
    sign_out,
    start_sign_in,
    switch_membership,
    verify_second_factor,
)
from identity.actions.staff import change_membership, deactivate_membership, reactivate_membership

__all__ = [
    "Completed",
    "DryRun",
    "IdentityKeyExists",
    "InvitationRefused",
    "Invited",
    "JoinMismatch",
    "JoinOver",
    "NewJoin",
    "NextStep",
    "TooManyDevices",
    "accept_invitation",
    "add_passkey",
    "approve_join",
    "ask_to_join",
    "assertion_options",
    "attach_device",
    "begin_invitation",
    "certify_identity_key",
    "challenge_device",
    "change_department",
    "change_membership",
    "check_people",
    "close_department",
    "confirm_totp",
    "create_department",
    "create_membership",
    "create_organisation",
    "create_person",
    "current_code",
    "deactivate_membership",
    "email_of",
    "end_other_sessions",
    "end_session",
    "enrol_totp",
    "expire",
    "export_people",
    "invite_again",
    "invite_person",
    "make_links",
    "make_recovery_codes",
    "open_invitation",
    "reactivate_membership",
    "refuse_join",
    "register_device",
    "registration_options",
    "remove_passkey",
    "rename_passkey",
    "requeue_imports",
    "reset_identity_key",
    "reset_password",
    "reset_second_factor",
    "revoke_device",
    "revoke_invitation",
    "run_import",
    "search_directory",
    "seed_demo",
    "set_language",
    "set_password",
    "sign_in_with_passkey",
    "sign_out",
    "start_import",
    "start_sign_in",
    "switch_membership",
    "undo_import",
    "verify_organisation",
    "verify_second_factor",
    "withdraw_join",
]
