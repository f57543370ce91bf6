"""The envelope of MLS (RFC 9420): what the Delivery Service must see, and nothing else.

Commits are `PublicMessage`s, so that the server can hold its rules (who may add, cap, verified clinics);
application messages are `PrivateMessage`s, of which only group, epoch and content type are read. No key of
a group ever reaches this module. Each parser takes whole bytes and refuses anything it does not know:
`EnvelopeRefused` with a `Fault` as its reason.
"""

from messaging.envelope.leaves import KeyPackage, LeafNode, parse_key_package
from messaging.envelope.messages import (
    Application,
    Commit,
    Welcome,
    parse_application,
    parse_commit,
    parse_welcome,
)
from messaging.envelope.tls import Fault

__all__ = [
    "Application",
    "Commit",
    "Fault",
    "KeyPackage",
    "LeafNode",
    "Welcome",
    "parse_application",
    "parse_commit",
    "parse_key_package",
    "parse_welcome",
]
