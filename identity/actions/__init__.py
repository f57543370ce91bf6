"""What can happen in `identity`; each action takes `by`, checks, writes and records in one transaction."""

from identity.actions.demo import email_of, seed_demo
from identity.actions.devices import (
    TooManyDevices,
    attach_device,
    challenge_device,
    register_device,
    revoke_device,
)
from identity.actions.directory import search_directory
from identity.actions.expiry import expire
from identity.actions.identity_keys import IdentityKeyExists, certify_identity_key, reset_identity_key
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

__all__ = [
    "Completed",
    "IdentityKeyExists",
    "NextStep",
    "TooManyDevices",
    "add_passkey",
    "assertion_options",
    "attach_device",
    "certify_identity_key",
    "challenge_device",
    "confirm_totp",
    "create_department",
    "create_membership",
    "create_organisation",
    "create_person",
    "current_code",
    "email_of",
    "end_other_sessions",
    "end_session",
    "enrol_totp",
    "expire",
    "make_recovery_codes",
    "register_device",
    "registration_options",
    "remove_passkey",
    "rename_passkey",
    "reset_identity_key",
    "reset_second_factor",
    "revoke_device",
    "search_directory",
    "seed_demo",
    "set_language",
    "set_password",
    "sign_in_with_passkey",
    "sign_out",
    "start_sign_in",
    "switch_membership",
    "verify_organisation",
    "verify_second_factor",
]
