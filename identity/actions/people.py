"""People, their memberships, passwords and language; and what an administrator may reset."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access import people
from identity.actions.authorisation import require_provisioning
from identity.actions.departments import lock_open_department
from identity.actions.validation import clean, require_own_address
from identity.models import Membership, Passkey, Person, RecoveryCode, TotpSecret
from identity.names import search_form
from identity.states import Function
from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id


def create_person(
    *,
    by: Actor,
    email: str,
    given_name: str,
    family_name: str,
    title: str = "",
    language: str = "de",
    password: str = "",
) -> Person:
    """Create a person, who can do nothing before a membership is created.

    password: at least twelve characters; without one nobody can sign in as this person yet.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: neither an administrator nor the service.
    """
    if not (by.has(Role.ADMIN) or by.has(Role.SYSTEM) or by.may(Scope.SCIM)):
        raise NotFound
    person = Person(
        id=new_id(),
        email=email.strip().lower(),
        title=title.strip(),
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        search_name=search_form(family_name, given_name),
        language=language,
        created_at=now(),
    )
    person.password = hash_password(password, person) if password else make_password(None)
    clean(person)
    with transaction.atomic():
        person.save(force_insert=True)
        audit.record(Event.PERSON_CREATE, by=by, subject=f"person/{person.id}")
    return person


def create_membership(
    *,
    by: Actor,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    function: Function,
    department_id: uuid.UUID | None = None,
    is_admin: bool = False,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Membership:
    """Give a person a place in an organisation.

    valid_from: now, where it is left out.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation; the person or department is absent; or the
            person is in another organisation, which only the service itself may change.
        FreshFactorRequired: an administrator is made, and the second factor was shown too long ago.
    """
    require_provisioning(by, organisation_id)
    if is_admin:
        require_fresh(by)
    _require_newcomer(by, people.person(person_id))
    membership = Membership(
        id=new_id(),
        person=people.person(person_id),
        organisation=people.organisation(by=by, organisation_id=organisation_id),
        function=function,
        is_admin=is_admin,
        valid_from=valid_from or now(),
        valid_until=valid_until,
    )
    if department_id:
        membership.department = people.department(by=by, department_id=department_id)
    _require_own_department(membership)
    clean(membership)
    _insert(by, membership)
    return membership


def set_password(*, by: Actor, person_id: uuid.UUID, password: str) -> None:
    """Set a person's password and end all their sessions.

    Raises:
        Invalid: too weak; `errors["password"]` says why.
        NotFound: the acting person neither is that person nor administers them.
        Conflict: the person belongs to another organisation too.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    person = administered_account(by, person_id)
    require_fresh(by)
    with transaction.atomic():
        Person.objects.filter(id=person.id).update(
            password=hash_password(password, person), auth_version=F("auth_version") + 1
        )
        audit.record(Event.PASSWORD_SET, by=by, subject=f"person/{person.id}")


def reset_second_factor(*, by: Actor, person_id: uuid.UUID) -> None:
    """Forget a person's second factors with all recovery codes, and end all their sessions; the next sign-in enrols another.

    Raises:
        NotFound: not an administrator of this person, or it is the acting person's own.
        Conflict: the person belongs to another organisation too.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    if by.person_id == person_id:
        raise NotFound
    person = administered_account(by, person_id)
    require_fresh(by)
    with transaction.atomic():
        TotpSecret.objects.filter(person=person).delete()
        Passkey.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
        Person.objects.filter(id=person.id).update(auth_version=F("auth_version") + 1)
        audit.record(Event.SECOND_FACTOR_RESET, by=by, subject=f"person/{person.id}")


def set_language(*, by: Actor, language: str) -> None:
    """Remember the acting person's language; for a stranger there is nothing to remember.

    Raises:
        Invalid: not one of ours.
    """
    if language not in dict(settings.LANGUAGES):
        raise Invalid(errors={"language": _("This language is not available.")})
    if by.person_id is not None:
        Person.objects.filter(id=by.person_id).update(language=language)


def change_person(
    *, by: Actor, person_id: uuid.UUID, email: str, title: str, given_name: str, family_name: str
) -> Person:
    """Correct a person's name, or the address with which they sign in.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: the acting person neither is that person nor administers them.
        Conflict: the person belongs to another organisation too.
    """
    person = administered_account(by, person_id, scope=Scope.SCIM)
    wanted = {"email": email.strip().lower(), "title": title.strip()}
    wanted |= {"given_name": given_name.strip(), "family_name": family_name.strip()}
    changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    if "email" in changed and by.organisation_id:
        domain = people.organisation(by=by, organisation_id=by.organisation_id).domain
        require_own_address(wanted["email"], domain)
    for name, value in wanted.items():
        setattr(person, name, value)
    person.search_name = search_form(person.family_name, person.given_name)
    clean(person)
    with transaction.atomic():
        person.save(update_fields=[*wanted, "search_name"])
        details = {"changed": " ".join(changed)}
        audit.record(Event.PERSON_CHANGE, by=by, subject=f"person/{person.id}", details=details)
    return person


def administered_account(by: Actor, person_id: uuid.UUID, *, scope: Scope | None = None) -> Person:
    """The person, when it is the acting one, or one in the organisation that the actor administers.

    scope: of an API key that may do what is asked, too."""
    person = people.person(person_id)
    if by.has(Role.SYSTEM) or by.person_id == person.id:
        return person
    memberships = set(Membership.objects.filter(person=person).values_list("organisation_id", flat=True))
    by_key = scope is not None and by.may(scope)
    if not (by.has(Role.ADMIN) or by_key) or by.organisation_id not in memberships:
        raise NotFound
    if len(memberships) > 1:
        raise Conflict(
            _("This person works for another organisation too: please ask the platform's operator.")
        )
    return person


def _require_newcomer(by: Actor, person: Person) -> None:
    """An administrator must not draw in another organisation's people, who would slip out of its hands."""
    if not by.has(Role.SYSTEM) and Membership.objects.filter(person=person).exists():
        raise NotFound


def hash_password(password: str, person: Person) -> str:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(errors={"password": " ".join(error.messages)}) from None
    return make_password(password)


def _require_own_department(membership: Membership) -> None:
    department = membership.department
    if department and department.organisation_id != membership.organisation_id:
        raise Invalid(errors={"department": _("This department belongs to another organisation.")})


def _insert(by: Actor, membership: Membership) -> None:
    with transaction.atomic():
        if membership.department_id:
            lock_open_department(membership.organisation_id, membership.department_id)
        membership.save(force_insert=True)
        audit.record(
            Event.MEMBERSHIP_CREATE,
            by=by,
            subject=f"person/{membership.person_id}",
            organisation_id=membership.organisation_id,
            details={"membership": str(membership.id), "function": membership.function},
        )
