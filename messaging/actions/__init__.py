"""What can happen in `messaging`. Every action takes `by=`, is atomic and records its audit event with it."""

from messaging.actions.acknowledgements import acknowledge, hand_back
from messaging.actions.backups import (
    begin_backup,
    delete_backup,
    end_backup_of_key,
    end_backup_of_leaver,
    forget_backups_of,
    keep_piece,
    move_backup,
    open_backup,
    read_piece,
    save_backup,
)
from messaging.actions.blocks import block, forget_blocks_of, unblock
from messaging.actions.case_page import CasePage, open_case
from messaging.actions.cases import close_case, name_record, reopen_case
from messaging.actions.commits import Committed, NewCommit, commit
from messaging.actions.contacts import answer_contact, expire_contacts
from messaging.actions.correspondence import look_at_correspondence
from messaging.actions.escalation import escalate, hand_over, send_notices
from messaging.actions.expiry import expire
from messaging.actions.figures import count_all_days, count_recent_days
from messaging.actions.groups import create_group
from messaging.actions.holds import lift_hold, place_hold
from messaging.actions.key_packages import Claim, Claimed, claim_key_packages, upload_key_packages
from messaging.actions.marks import mark_message, waive_mark
from messaging.actions.messages import outgoing, send
from messaging.actions.push import call_absent, forget_push, push, subscribe_push, try_push, unsubscribe_push
from messaging.actions.receipts import Confirmation, confirm, confirm_all
from messaging.actions.record import take_into_record
from messaging.actions.record_examined import conclude_export
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
    "begin_backup",
    "block",
    "call_absent",
    "claim_key_packages",
    "close_case",
    "commit",
    "conclude_export",
    "confirm",
    "confirm_all",
    "count_all_days",
    "count_recent_days",
    "create_group",
    "delete_backup",
    "end_backup_of_key",
    "end_backup_of_leaver",
    "escalate",
    "expire",
    "expire_contacts",
    "expire_messages",
    "finish_welcome",
    "forget_backups_of",
    "forget_blocks_of",
    "forget_push",
    "forget_reports_of",
    "hand_back",
    "hand_over",
    "handle_report",
    "keep_piece",
    "lift_hold",
    "look_at_correspondence",
    "mark_message",
    "move_backup",
    "name_record",
    "open_backup",
    "open_case",
    "outgoing",
    "place_hold",
    "push",
    "read_piece",
    "reopen_case",
    "report",
    "report_unknown_leaf",
    "revoke_devices",
    "save_backup",
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
