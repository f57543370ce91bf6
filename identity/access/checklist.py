"""The checklist of an organisation: each step with its state as the rows say it now, what to do, and who acts.

A step is one `Rule` in `RULES`; what several need to know is read once, into `Facts`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from identity.access.actors import valid_memberships
from identity.access.applications import application_of
from identity.access.staff import administered
from identity.models import Application, Department, Passkey, Policy
from identity.onboarding_texts import OUTCOME_TEXTS
from identity.states import STAFF, ApplicationState
from medicus.lib import callbacks
from medicus.lib.actor import Actor


class StepState(StrEnum):
    """next: yours, now. open: yours, whenever you like. waiting: somebody else's. later: another step comes first."""

    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    WAITING = "waiting"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the steps are computed from. people: others with a valid place in the organisation. roles: open ones, as
    the app of the rota counts them. has_policy: a default was changed."""

    application: Application
    has_passkey: bool
    departments: int
    people: int
    roles: int
    has_policy: bool

    @property
    def verified(self) -> bool:
        return self.application.organisation.verified_at is not None

    @property
    def state(self) -> ApplicationState:
        return ApplicationState(self.application.state)


Told = tuple[StepState, Promise]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step. page: the name of the address where it is done; empty where there is nothing to do."""

    key: str
    title: Promise
    who: Promise
    page: str
    tell: Callable[[Facts], Told]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as a page shows it. All texts are in the language of the request."""

    key: str
    title: str
    who: str
    page: str
    state: StepState
    text: str


def checklist(*, by: Actor) -> list[Step]:
    """The steps of the organisation that the actor administers, in their order.

    Raises:
        NotFound: not an administrator.
    """
    facts = _facts(by)
    return [_step(rule, facts) for rule in RULES]


def _step(rule: Rule, facts: Facts) -> Step:
    state, text = rule.tell(facts)
    return Step(rule.key, str(rule.title), str(rule.who), rule.page, state, str(text))


def _facts(by: Actor) -> Facts:
    organisation_id = administered(by=by)
    departments = Department.objects.filter(organisation=organisation_id, closed_at=None)
    people = valid_memberships().filter(organisation=organisation_id, function__in=STAFF)
    return Facts(
        application=application_of(by=by, organisation_id=organisation_id),
        has_passkey=Passkey.objects.filter(person=by.person_id).exists(),
        departments=departments.count(),
        people=people.aggregate(count=Count("id", filter=~Q(person=by.person_id)))["count"],
        roles=sum(callbacks.call("open-roles", organisation_id=organisation_id)),
        has_policy=Policy.objects.filter(organisation=organisation_id).exists(),
    )


def _register(_facts: Facts) -> Told:
    return StepState.DONE, _("Your organisation is here, and you can sign in.")


def _domain(facts: Facts) -> Told:
    if facts.verified:
        return StepState.DONE, _("The domain is proven.")
    if facts.application.domain_proven_at:
        return StepState.DONE, _("The record was seen. Leave it until the approval, which looks once more.")
    if not facts.application.domain_outcome:
        return StepState.NEXT, _("Enter a TXT record in your domain, which shows that it is yours.")
    return StepState.NEXT, OUTCOME_TEXTS[facts.application.domain_outcome]


def _evidence(facts: Facts) -> Told:
    if facts.verified:
        return StepState.DONE, _("The evidence was checked.")
    if facts.state == ApplicationState.DECLINED:
        return StepState.NEXT, _(
            "The operators have declined the application: read their reason, and mend it."
        )
    if facts.application.evidence_reference:
        return StepState.DONE, _("You have said what shows that you are who you say.")
    return StepState.NEXT, _("Name a number or an entry in a register, which an operator looks up.")


def _approval(facts: Facts) -> Told:
    if facts.verified:
        return StepState.DONE, _("Your organisation is verified.")
    if facts.state == ApplicationState.CHECKED:
        return StepState.WAITING, _("One operator has checked the evidence. Another one decides.")
    if facts.state == ApplicationState.SUBMITTED:
        return StepState.WAITING, _("Submitted. Two operators look at it, one after the other.")
    if facts.application.domain_proven_at and facts.application.evidence_reference:
        return StepState.NEXT, _("All is there: submit the application.")
    return StepState.LATER, _("First the domain and the evidence; then you submit the application.")


def _second_factor(facts: Facts) -> Told:
    if facts.has_passkey:
        return StepState.DONE, _("You sign in with a passkey, which no false page can ask for.")
    return StepState.OPEN, _("Add a passkey: your account opens those of all others here.")


def _departments(facts: Facts) -> Told:
    if facts.departments:
        return StepState.DONE, _("There are departments, by which people are found.")
    return StepState.OPEN, _("Add departments: people are found by their speciality.")


def _people(facts: Facts) -> Told:
    if facts.people:
        return StepState.DONE, _("There are others besides you.")
    if not (facts.verified or facts.application.domain_proven_at):
        return StepState.LATER, _("First the domain: then you invite people.")
    return StepState.OPEN, _("Invite people one by one, or import a list.")


def _roles(facts: Facts) -> Told:
    if facts.roles:
        return StepState.DONE, _("There are roles that others ask by their name.")
    return StepState.OPEN, _("Name roles such as a cardiologist on call, and plan who holds them.")


def _policies(facts: Facts) -> Told:
    if facts.has_policy:
        return StepState.DONE, _("You have chosen what holds for your people.")
    return StepState.OPEN, _("The defaults hold for everybody. Look whether they fit.")


def _live(facts: Facts) -> Told:
    if not facts.verified:
        return StepState.LATER, _("With the approval you see other organisations, and they see you.")
    parts = (facts.has_passkey, _PASSKEY), (facts.departments, _DEPARTMENTS), (facts.people, _PEOPLE)
    if missing := [str(name) for there, name in parts if not there]:
        return StepState.NEXT, format_lazy(
            _("You are verified. Still missing: {parts}."), parts=", ".join(missing)
        )
    return StepState.DONE, _("Your people and those of other organisations find each other.")


_PASSKEY, _DEPARTMENTS, _PEOPLE = _("Passkey of your own"), _("Departments"), _("People")
_YOU, _OPERATORS = _("You"), _("The platform's operators")
RULES: Sequence[Rule] = (
    Rule("register", _("Register"), _YOU, "", _register),
    Rule("domain", _("Prove the domain"), _YOU, "identity:domain", _domain),
    Rule("evidence", _("State the evidence"), _YOU, "identity:evidence", _evidence),
    Rule("approval", _("Approval by two people"), _OPERATORS, "identity:application", _approval),
    Rule("second-factor", _PASSKEY, _YOU, "identity:passkey-add", _second_factor),
    Rule("departments", _DEPARTMENTS, _YOU, "identity:departments", _departments),
    Rule("people", _PEOPLE, _YOU, "identity:people", _people),
    Rule("roles", _("Roles and rota"), _YOU, "rota:administration", _roles),
    Rule("policies", _("Policies"), _YOU, "identity:policies", _policies),
    Rule("live", _("Live"), _YOU, "", _live),
)
