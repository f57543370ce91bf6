"""Why a sign-in by a hospital's single sign-on is refused, beside what is wrong with the provider itself."""

from enum import StrEnum


class SignOnRefusal(StrEnum):
    """Codes for the audit log; the person is told less."""

    UNKNOWN_STATE = "unknown-state"
    """Never made, used before, or over."""
    OTHER_BROWSER = "other-browser"
    OTHER_ORGANISATION = "other-organisation"
    """The answer of one hospital's provider came to the address of another's."""
    OTHER_ISSUER = "answer-of-other-issuer"
    """The answer names another issuer, or none although this one always does (RFC 9207)."""
    CHANGED = "settings-changed"
    """Between the question and the answer an administrator has changed or ended the single sign-on."""
    PROVIDER_ERROR = "provider-error"
    """The provider has sent the browser back with an error: nobody signed in there, or nobody may."""
    NO_CODE = "no-code"
    EMAIL_UNVERIFIED = "email-unverified"
    EMAIL_DOMAIN = "email-domain"
    SUBJECT_CHANGED = "subject-changed"
    NO_ACCESS = "no-access"
    """Deactivated, ended, not begun, or of another organisation only."""
    NOT_INVITED = "not-invited"
    """Unknown here, and the organisation lets nobody join by signing in."""
    NO_NAME = "no-name"
    OWN_FACTOR_MISSING = "own-factor-missing"
    """Works for another organisation, too: only a factor that was set up without this provider lets them in."""
    FACTOR_NOT_SHOWN = "factor-not-shown"
    """Asked to confirm, and the provider names no value that counts as a second factor."""
    NOT_ANEW = "not-anew"
    """Asked to confirm, and the provider has let in who was signed in there, without asking."""
