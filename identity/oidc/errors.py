"""What can be wrong with a provider, or with what it says."""

from enum import StrEnum


class Trouble(StrEnum):
    """Codes for the audit log; `texts` has the sentences for the administrator."""

    ADDRESS = "issuer-address"
    UNREACHABLE = "provider-unreachable"
    STATUS = "provider-status"
    NO_JSON = "provider-no-json"
    OTHER_ISSUER = "other-issuer"
    INCOMPLETE = "provider-incomplete"
    INSECURE = "provider-insecure"
    NO_CODE_FLOW = "no-code-flow"
    NO_PKCE = "no-pkce"
    NO_ALGORITHM = "no-algorithm"
    NO_AUTHENTICATION = "no-client-authentication"
    NO_KEYS = "no-keys"
    CODE_REFUSED = "code-refused"
    NO_ID_TOKEN = "no-id-token"  # noqa: S105 (a code, not one)
    SIGNATURE = "id-token-signature"
    CLAIM = "id-token-claim"


class ProviderError(Exception):
    """Something is wrong. what: which claim, status or part, for the audit log: a code, never content."""

    def __init__(self, trouble: Trouble, what: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.what = what
