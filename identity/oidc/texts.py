"""What is wrong with a provider, in the words of who can mend it."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.oidc.errors import Trouble
from identity.states import SignOnRefusal

TEXTS: dict[str, Promise] = {
    Trouble.ADDRESS: _(
        "The issuer is an address like https://login.hospital.example/realms/staff, without query and without “#”."
    ),
    Trouble.UNREACHABLE: _(
        "The provider did not answer within five seconds, or its answer was too long. Is its certificate valid, and is it "
        "reachable from this service? A private network must first be opened by this service's operator."
    ),
    Trouble.STATUS: _(
        "There is no provider at this address: it has no page “.well-known/openid-configuration”, or does not show it."
    ),
    Trouble.NO_JSON: _("Something answers at this address, but it is no identity provider."),
    Trouble.OTHER_ISSUER: _(
        "The provider calls itself by another issuer. Copy its “issuer” exactly, also the slash at its end."
    ),
    Trouble.INCOMPLETE: _("The provider does not name all its addresses (authorization, token, keys)."),
    Trouble.INSECURE: _("One of the provider's addresses is not protected by https."),
    Trouble.NO_CODE_FLOW: _(
        "The provider does not offer the authorization code flow (response type “code”)."
    ),
    Trouble.NO_PKCE: _("The provider does not offer PKCE with S256."),
    Trouble.NO_ALGORITHM: _(
        "The provider signs by none of the methods that are accepted here (RS, PS or ES with 256 to 512)."
    ),
    Trouble.NO_AUTHENTICATION: _(
        "The provider does not accept a client secret (client_secret_post or _basic)."
    ),
    Trouble.NO_KEYS: _("The provider publishes no key for signatures that can be used."),
    Trouble.CODE_REFUSED: _("The provider has refused the code: mostly the client secret is wrong"),
    Trouble.NO_ID_TOKEN: _("The provider has sent no ID token"),
    Trouble.SIGNATURE: _("The ID token is not signed by a key of the provider"),
    Trouble.CLAIM: _("The ID token is not for this sign-in"),
}
REASONS: dict[str, Promise] = {
    SignOnRefusal.UNKNOWN_STATE: _("Used before, over after ten minutes, or never begun here"),
    SignOnRefusal.OTHER_BROWSER: _("Begun in another browser"),
    SignOnRefusal.OTHER_ORGANISATION: _("Begun at another organisation's provider"),
    SignOnRefusal.OTHER_ISSUER: _("The answer does not name this provider as its issuer"),
    SignOnRefusal.CHANGED: _("The provider was changed in between"),
    SignOnRefusal.PROVIDER_ERROR: _("The provider has let nobody in"),
    SignOnRefusal.NO_CODE: _("The answer holds no code"),
    SignOnRefusal.EMAIL_UNVERIFIED: _("The provider does not say that the e-mail address is verified"),
    SignOnRefusal.EMAIL_DOMAIN: _("The e-mail address does not lie in the organisation's domain"),
    SignOnRefusal.SUBJECT_CHANGED: _("Another account at the provider is bound to this person"),
    SignOnRefusal.NO_ACCESS: _("The person has no access to this organisation"),
    SignOnRefusal.NOT_INVITED: _("Nobody here has this e-mail address"),
    SignOnRefusal.NO_NAME: _("The provider sends no given and family name"),
    SignOnRefusal.OWN_FACTOR_MISSING: _("Works elsewhere, too, and has no second factor of their own"),
    SignOnRefusal.FACTOR_NOT_SHOWN: _("The provider names no second factor"),
    SignOnRefusal.NOT_ANEW: _("The provider has not asked the person again"),
}


def text_of(trouble: str) -> str:
    """What to tell an administrator, in the language of the request."""
    return str(TEXTS.get(trouble, trouble))


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    names = TEXTS | REASONS
    return {code: str(names[code]) for code in codes if code in names}
