"""What can happen in `messaging`. Every action takes `by=`, is atomic and records its audit event with it."""

from messaging.actions.acknowledgements import acknowledge, hand_back
from messaging.actions.blocks import block, forget_blocks_of, unblock
from messaging.actions.case_page import CasePage, open_case
from messaging.actions.cases import close_case, name_record, reopen_case
from messaging.actions.commits import Committed, NewCommit, commit
from messaging.actions.contacts import answer_contact, expire_contacts
from messaging.actions.escalation import escalate, hand_over, send_notices
from messaging.actions.expiry import expire
from messaging.actions.groups import create_group
from messaging.actions.holds import lift_hold, place_hold
from messaging.actions.key_packages import Claim, Claimed, claim_key_packages, upload_key_packages
from messaging.actions.marks import mark_message, waive_mark
from messaging.actions.messages import outgoing, send
from messaging.actions.push import call_absent, forget_push, push, subscribe_push, try_push, unsubscribe_push
from messaging.actions.receipts import Confirmation, confirm, confirm_all
from messaging.actions.record import take_into_record
from messaging.actions.reports import Reported, forget_reports_of, handle_report, report
from messaging.actions.retention import expire_messages
from messaging.actions.revocation import revoke_devices
from messaging.actions.unknown_leaf import report_unknown_leaf
from messaging.actions.urgent import announce, withdraw
from messaging.actions.welcomes import finish_welcome

__all__ = [
    "CasePage",
    "Claim",
    "Claimed",
    "Committed",
    "Confirmation",
    "NewCommit",
    "Reported",
    "acknowledge",
    "announce",
    "answer_contact",
    "block",
    "call_absent",
    "claim_key_packages",
    "close_case",
    "commit",
    "confirm",
    "confirm_all",
    "create_group",
    "escalate",
    "expire",
    "expire_contacts",
    "expire_messages",
    "finish_welcome",
    "forget_blocks_of",
    "forget_push",
    "forget_reports_of",
    "hand_back",
    "hand_over",
    "handle_report",
    "lift_hold",
    "mark_message",
    "name_record",
    "open_case",
    "outgoing",
    "place_hold",
    "push",
    "reopen_case",
    "report",
    "report_unknown_leaf",
    "revoke_devices",
    "send",
    "send_notices",
    "subscribe_push",
    "take_into_record",
    "try_push",
    "unblock",
    "unsubscribe_push",
    "upload_key_packages",
    "waive_mark",
    "withdraw",
]
