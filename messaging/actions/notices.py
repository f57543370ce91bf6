"""The one way by which people hear of urgent messages outside Medicus."""

from typing import TYPE_CHECKING

from medicus.lib.actor import SYSTEM
from messaging import mail
from messaging.actions.push import call_now
from messaging.states_urgent import UrgentAct

if TYPE_CHECKING:
    from identity.models import Person

_LETTERS = {
    UrgentAct.TOLD: mail.send_asked,
    UrgentAct.HANDED_OVER: mail.send_handed_over,
    UrgentAct.EXHAUSTED: mail.send_exhausted,
}


def notify(person: "Person", *, reason: UrgentAct) -> None:
    """Tell a person that an urgent message wants something of them; nothing of what it is about, nor of whom.

    reason: one of `states_urgent.NOTIFIED`. By letter, and by a call of the browsers that they have asked to be called."""
    call_now(by=SYSTEM, person_id=person.id)
    _LETTERS[reason](email=person.email, language=person.language)
