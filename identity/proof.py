"""What somebody shows as a second factor, on its way from a form to the action that checks it."""

from dataclasses import dataclass

from identity.states import Way

PASSKEY_CHARACTERS = 20_000
"""An authenticator's answer as JSON, with an attestation that we do not ask for but may be sent."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`way`: which factor it is. `value`: what was typed, or what the browser answered, unchecked."""

    way: Way
    value: str
