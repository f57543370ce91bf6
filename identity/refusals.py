"""Refusals of `identity` with codes of their own; the rest is in `medicus.lib.errors`."""

from medicus.lib.errors import DomainError


class NetworkNotPermitted(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    """The organisation lets its people work from its own networks only."""

    status, code = 403, "network-not-permitted"


class PasskeyRequired(DomainError):  # noqa: N818
    """The organisation demands a passkey, and this session has shown none."""

    status, code = 403, "passkey-required"


class SignOnRefused(DomainError):  # noqa: N818
    """A sign-in by single sign-on did not work; `extra["reference"]` names its event in the audit log."""

    status, code = 403, "single-sign-on-refused"
