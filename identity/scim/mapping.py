"""Between SCIM's resources and what the actions and access functions know."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from scim2_models import Meta

from identity.provisioned import KnownGroup, KnownUser, WantedGroup, WantedUser
from identity.scim.resources import Enterprise, Group, Mail, Medicus, Member, Membership, Name, User
from identity.stated import CLOSED_SETS, MOST, Stated, telematik_id_fault, unknown_code
from identity.states import STAFF, Function
from medicus.lib.errors import Invalid

USUAL_FUNCTION = Function.ADMINISTRATION
"""Of a newcomer of whom none is said: it opens no patient's data."""


def user_of(known: KnownUser, *, base: str) -> User:
    """Show a place. base: the address of the service of SCIM."""
    wanted = known.wanted
    user = User(
        id=str(known.id),
        external_id=wanted.external_id or None,
        user_name=wanted.user_name,
        name=Name(
            family_name=wanted.family_name,
            given_name=wanted.given_name,
            honorific_prefix=wanted.title or None,
        ),
        display_name=known.name,
        emails=[Mail(value=wanted.email, type="work", primary=True)],
        active=wanted.active,
        meta=Meta(resource_type="User", created=known.created_at, location=f"{base}/Users/{known.id}"),
    )
    user[Medicus] = _medicus(wanted)
    if known.department_id:
        user.groups = [_membership(known.department_id, wanted.department, base)]
        user[Enterprise] = Enterprise(department=wanted.department)
    return user


def group_of(known: KnownGroup, *, base: str) -> Group:
    """Show a department. base: as for `user_of`."""
    members = [_member(each, base) for each in known.members]
    return Group(
        id=str(known.id),
        external_id=known.external_id or None,
        display_name=known.name,
        members=members or None,
        meta=Meta(resource_type="Group", created=known.created_at, location=f"{base}/Groups/{known.id}"),
    )


def _medicus(wanted: WantedUser) -> Medicus:
    return Medicus(
        function=wanted.function.value,
        speciality=wanted.stated.speciality or None,
        sub_specialities=sorted(wanted.stated.sub_specialities) or None,
        languages=sorted(wanted.languages) or None,
        telematik_id=wanted.stated.telematik_id or None,
    )


def _membership(department_id: uuid.UUID, name: str, base: str) -> Membership:
    address: Any = f"{base}/Groups/{department_id}"
    return Membership(value=str(department_id), ref=address, display=name)


def _member(membership_id: uuid.UUID, base: str) -> Member:
    address: Any = f"{base}/Users/{membership_id}"
    return Member(value=str(membership_id), ref=address, type="User")


def newcomer_of(user: User) -> WantedUser:
    """What somebody new is to be."""
    return _wanted(user, function=USUAL_FUNCTION, department="", active=True)


def replacement_of(user: User, current: WantedUser) -> WantedUser:
    """What somebody is to be after a PUT. What a client leaves out that keeps no such attribute, stays."""
    wanted = _wanted(user, function=current.function, department=current.department, active=current.active)
    sent = user[Medicus] or Medicus(function=None)
    stated = replace(
        wanted.stated,
        **{
            name: getattr(current.stated, name)
            for name in ("speciality", "sub_specialities", "telematik_id")
            if getattr(sent, name) is None
        },
    )
    languages = current.languages if sent.languages is None else wanted.languages
    return replace(wanted, stated=stated, languages=languages)


def change_of(user: User, current: WantedUser) -> WantedUser:
    """What somebody is to be after a PATCH: the department, or what the directory shows, may have been removed."""
    return _wanted(user, function=current.function, department="", active=current.active)


def wanted_group_of(group: Group, current: KnownGroup | None = None) -> WantedGroup:
    """What a department is to be. current: with the members that the request names, or all of them."""
    before = set(current.members) if current else set()
    after = {_id_of(each) for each in group.members or ()}
    return WantedGroup(
        name=_text(group.display_name, "displayName", 200),
        external_id=_text(group.external_id, "externalId"),
        entering=frozenset(after - before),
        leaving=frozenset(before - after),
    )


def _wanted(user: User, *, function: Function, department: str, active: bool) -> WantedUser:
    name = user.name or Name()
    medicus, enterprise = user[Medicus], user[Enterprise]
    return WantedUser(
        user_name=_text(user.user_name, "userName", needed=True),
        external_id=_text(user.external_id, "externalId"),
        email=_text(_address(user), "emails"),
        title=_text(name.honorific_prefix, "name.honorificPrefix", 50),
        given_name=_text(name.given_name, "name.givenName", 100),
        family_name=_text(name.family_name, "name.familyName", 100),
        active=active if user.active is None else user.active,
        department=(enterprise and enterprise.department) or department,
        function=_function(medicus.function) if medicus and medicus.function else function,
        stated=_stated(medicus or Medicus(function=None)),
        languages=_codes((medicus and medicus.languages) or (), "languages", "languages"),
    )


def _stated(sent: Medicus) -> Stated:
    telematik_id = _text(sent.telematik_id, "telematikId", 128)
    if fault := telematik_id_fault(telematik_id):
        raise Invalid(errors={"telematikId": fault})
    specialities = [sent.speciality] if sent.speciality else []
    return Stated(
        speciality=next(iter(_codes(specialities, "speciality", "speciality")), ""),
        sub_specialities=_codes(sent.sub_specialities or (), "sub_specialities", "subSpecialities"),
        telematik_id=telematik_id,
    )


def _codes(sent: Iterable[str], column: str, attribute: str) -> frozenset[str]:
    """Codes of a closed set, each once. column: its name in `CLOSED_SETS`."""
    codes = frozenset(sent)
    if unknown := sorted(codes - CLOSED_SETS[column].keys()):
        raise Invalid(errors={attribute: unknown_code(unknown[0], column)})
    if len(codes) > MOST[column]:
        raise Invalid(errors={attribute: _("Please choose at most %(most)s.") % {"most": MOST[column]}})
    return codes


def _address(user: User) -> str | None:
    sent = [each for each in user.emails or () if each.value]
    ordered = sorted(sent, key=lambda each: (not each.primary, (each.type or "").lower() != "work"))
    return ordered[0].value if ordered else None


def _function(sent: str) -> Function:
    if sent not in STAFF:
        text = _("There is no function %(name)s. Possible: %(names)s.")
        names = ", ".join(sorted(STAFF))
        raise Invalid(errors={"function": text % {"name": sent, "names": names}})
    return Function(sent)


def _text(sent: str | None, attribute: str, longest: int = 254, *, needed: bool = False) -> str:
    text = (sent or "").strip()
    if len(text) > longest or "\0" in text or (needed and not text):
        raise Invalid(errors={attribute: _("This is too long, or no text.")})
    return text


def _id_of(member: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(member.value))
    except ValueError:
        raise Invalid(errors={"members": _("There is no such user.")}) from None
