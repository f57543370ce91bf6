"""The directory: who can be found and reached, across hospitals."""

import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from identity.access.people import PersonCard, card_of, organisations_in_reach, visible_memberships
from identity.access.verification import Verification, verification_of
from identity.models import Device, HeldSubSpeciality, Membership, SpokenLanguage
from identity.names import kept_search_form, search_words
from identity.states import (
    language_name,
    sub_speciality_name,
    with_branches,
)
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Coded:
    """A value of a closed set, and what it is called in the language of the request."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for in the directory; all of it must hold.

    query: each word must begin a word of the name; case, accents and umlauts do not matter. speciality: of the
    person, or else of the department; a field stands for its branches, too. hospital: beginnings of words of its name or
    city. on_duty: holds a role now, as far as
    the actor may know (calls `on-duty`; names come by `duties`)."""

    query: str = ""
    speciality: str = ""
    sub_speciality: str = ""
    language: str = ""
    organisation_id: uuid.UUID | None = None
    hospital: str = ""
    on_duty: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Sought()


@dataclass(frozen=True, slots=True)
class DirectoryEntry(PersonCard):
    """A member of staff as others find them.

    reachable: has a device that can receive encrypted messages. duties: the roles that the person holds now, by name.
    stated_at: when the organisation last stated what the person is trained in; None: it has stated nothing.
    stated_by_import: by a list or its identity management. languages_stated_by: the hospital that has stated the
    languages, on `languages_stated_at`; empty: the person has, or nobody."""

    membership_id: uuid.UUID
    city: str
    verified_at: datetime | None
    reachable: bool
    duties: tuple[str, ...]
    speciality_code: str
    sub_specialities: tuple[Coded, ...]
    languages: tuple[Coded, ...]
    stated_at: datetime | None
    stated_by_import: bool
    languages_stated_by: str
    languages_stated_at: datetime | None
    verification: Verification


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of results."""

    results: Sequence[DirectoryEntry]
    total: int
    page: int
    pages: int


def directory(*, by: Actor, sought: Sought | None = None, page: int = 1) -> DirectoryPage:
    """Search staff, ordered by family name; the actor is not in it."""
    sought = sought or Sought()
    found = matching(visible_memberships(by=by).exclude(person=by.person_id), sought, by=by)
    ids = _sorted(found).values_list("id", flat=True)
    # Who holds a role takes longer to find than to read, and there are few of them: they are looked for once.
    total = len(ids) if sought.on_duty else found.count()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    of_page = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] if total else ()
    return DirectoryPage(_entries(by, list(of_page)), total, page, pages)


def matching(found: QuerySet[Membership], sought: Sought, *, by: Actor) -> QuerySet[Membership]:
    """Narrow memberships, which the caller has scoped, to those that are sought."""
    for word in search_words(sought.query):
        found = found.filter(person__search_name__contains=f" {word}")
    if sought.speciality:
        codes = with_branches(sought.speciality)
        found = found.filter(Q(speciality__in=codes) | Q(speciality="", department__speciality__in=codes))
    if sought.sub_speciality:
        held = HeldSubSpeciality.objects.filter(code=sought.sub_speciality)
        found = found.filter(id__in=held.values("membership"))
    if sought.language:
        spoken = SpokenLanguage.objects.filter(tag=sought.language)
        found = found.filter(person__in=spoken.values("person"))
    if sought.organisation_id:
        found = found.filter(organisation=sought.organisation_id)
    if sought.hospital:
        found = found.filter(organisation__in=_hospitals(sought.hospital, by=by))
    if sought.on_duty:
        told = [Q(id__in=ids) for ids in callbacks.call("on-duty", by=by)]
        found = found.filter(reduce(or_, told)) if told else found.none()
    return found


def _hospitals(words: str, *, by: Actor) -> list[uuid.UUID]:
    """Hospitals by the beginnings of words, as people are found; they are few enough to be read."""
    wanted = search_words(words)
    told = organisations_in_reach(by=by).values_list("id", "name", "city")
    return [
        organisation_id
        for organisation_id, name, city in told
        if all(f" {word}" in kept_search_form(name, city) for word in wanted)
    ]


def coded_languages(tags: Iterable[str]) -> tuple[Coded, ...]:
    """Languages by name."""
    return tuple(sorted((Coded(tag, language_name(tag)) for tag in tags), key=lambda each: each.name))


def coded_sub_specialities(codes: Iterable[str]) -> tuple[Coded, ...]:
    """Sub-specialities by name."""
    named = (Coded(code, sub_speciality_name(code)) for code in codes)
    return tuple(sorted(named, key=lambda each: each.name))


def _duties(by: Actor, membership_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for told in callbacks.call("duties", by=by, membership_ids=set(membership_ids)):
        found |= {membership_id: tuple(names) for membership_id, names in told.items()}
    return found


def _sorted(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.order_by("person__search_name", "id")


def _entries(by: Actor, ids: Sequence[uuid.UUID]) -> list[DirectoryEntry]:
    if not ids:
        return []
    rows = list(_with_reach(ids))
    coded = _coded([*ids, *(row.person_id for row in rows)])
    duties = _duties(by, ids)
    return [
        _entry(
            row,
            duties=duties.get(row.id, ()),
            sub_specialities=coded_sub_specialities(coded.get(row.id, ())),
            languages=coded_languages(coded.get(row.person_id, ())),
        )
        for row in rows
    ]


def _with_reach(ids: Sequence[uuid.UUID]) -> QuerySet[Membership]:
    """Read what is shown of one page. Only ids were sorted before: whole rows of ten thousand people spill to disk."""
    devices = Device.objects.filter(
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
        revoked_at=None,
        expires_at__gt=now(),
    )
    rows = Membership.objects.filter(id__in=ids).select_related(
        "person__languages_stated_by", "organisation__application", "department"
    )
    return _sorted(rows.only(*_SHOWN).annotate(reachable=Exists(devices)))


_SHOWN = (
    "function",
    "speciality",
    "stated_at",
    "stated_by_import",
    "person__title",
    "person__given_name",
    "person__family_name",
    "person__languages_stated_at",
    "person__languages_stated_by__name",
    "organisation__name",
    "organisation__city",
    "organisation__verified_at",
    "organisation__application__organisation",
    "organisation__application__state",
    "organisation__application__evidence_kind",
    "department__name",
    "department__speciality",
)
_OF_CARD = [each.name for each in fields(PersonCard)]


def _coded(of: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The sub-specialities of memberships and the languages of people, by their ids, in one query."""
    held = HeldSubSpeciality.objects.filter(membership__in=of)
    spoken = SpokenLanguage.objects.filter(person__in=of)
    found: dict[uuid.UUID, list[str]] = {}
    rows = held.values_list("membership_id", "code").union(spoken.values_list("person_id", "tag"), all=True)
    for each, code in rows:
        found.setdefault(each, []).append(code)
    return found


def _entry(membership: Any, **found: Any) -> DirectoryEntry:
    card, source = card_of(membership), membership.person.languages_stated_by
    return DirectoryEntry(
        **{name: getattr(card, name) for name in _OF_CARD},
        **found,
        membership_id=membership.id,
        city=membership.organisation.city,
        verified_at=membership.organisation.verified_at,
        reachable=membership.reachable,
        speciality_code=membership.shown_speciality,
        stated_at=membership.stated_at,
        stated_by_import=membership.stated_by_import,
        languages_stated_by=source.name if source else "",
        languages_stated_at=membership.person.languages_stated_at,
        verification=verification_of(membership.organisation),
    )
