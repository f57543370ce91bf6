"""What can happen in `messaging`. Every action takes `by=`, is atomic and records its audit event with it."""

from messaging.actions.commits import Committed, NewCommit, commit
from messaging.actions.contacts import answer_contact, expire_contacts
from messaging.actions.expiry import expire
from messaging.actions.groups import create_group
from messaging.actions.key_packages import Claim, Claimed, claim_key_packages, upload_key_packages
from messaging.actions.messages import outgoing, send
from messaging.actions.receipts import Confirmation, confirm, confirm_all
from messaging.actions.revocation import revoke_devices
from messaging.actions.unknown_leaf import report_unknown_leaf
from messaging.actions.welcomes import finish_welcome

__all__ = [
    "Claim",
    "Claimed",
    "Committed",
    "Confirmation",
    "NewCommit",
    "answer_contact",
    "claim_key_packages",
    "commit",
    "confirm",
    "confirm_all",
    "create_group",
    "expire",
    "expire_contacts",
    "finish_welcome",
    "outgoing",
    "report_unknown_leaf",
    "revoke_devices",
    "send",
    "upload_key_packages",
]
