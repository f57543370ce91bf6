"""Lists of people: checked, imported by a job, undone while nobody of it has signed in; and written as a file.

The row of an import is the truth, and Celery carries its id. A worker does one part at a time; what it has done and
how far it has come are one transaction, so a job that dies goes on where it was."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, ProtectedError, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import staff_csv
from identity.access.imports import import_of_admin
from identity.access.people import organisation as get_organisation
from identity.access.staff import Wanted, administered, all_staff, open_departments
from identity.access.statements import statements_of_staff
from identity.actions.authorisation import require_proven_domain
from identity.actions.import_rows import insert_rows, links_for, record_for_each
from identity.models import Membership, PeopleImport, Person
from identity.staff_csv import Fault, Row
from identity.stated import cell_of
from identity.states import IMPORT_TRANSITIONS, ImportState
from medicus.celery import enqueue
from medicus.lib.actor import Actor, Role, require_system, system_of
from medicus.lib.clock import now
from medicus.lib.errors import Conflict
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id

LEASE = timedelta(seconds=60)
PART = 250
ATTEMPTS = 4
KEPT = timedelta(days=1)
"""A list that nobody starts is forgotten after a day."""
OPEN = (ImportState.QUEUED.value, ImportState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a list would do. `waiting`: the import that can be started now; None where a row is wrong."""

    people: int
    faults: Sequence[Fault]
    waiting: PeopleImport | None


def check_people(*, by: Actor, content: bytes) -> DryRun:
    """Read a list and say everything that is wrong with it. Nobody is made yet.

    Raises:
        Invalid: it cannot be read at all; `errors["file"]` says why.
        NotFound: not an administrator.
        Conflict: the organisation's domain is not proven.
    """
    organisation = get_organisation(by=by, organisation_id=administered(by=by))
    require_proven_domain(by, organisation.id)
    names = [department.name for department in open_departments(organisation.id)]
    sheet = staff_csv.read(content, domain=organisation.domain, departments=names)
    faults = sorted([*sheet.faults, *_taken(sheet.rows)], key=lambda fault: fault.line)
    if faults:
        return DryRun(len(sheet.rows), faults, None)
    with transaction.atomic():
        waiting = PeopleImport.objects.create(
            id=new_id(),
            organisation=organisation,
            created_by_id=by.person_id,
            created_at=now(),
            state=ImportState.CHECKED.value,
            rows=[row.values() for row in sheet.rows],
            total=len(sheet.rows),
        )
        _record(Event.PEOPLE_IMPORT_CHECK, by, waiting)
    return DryRun(len(sheet.rows), [], waiting)


def start_import(*, by: Actor, import_id: uuid.UUID) -> PeopleImport:
    """Begin to import a list that was checked.

    Raises:
        NotFound: absent, or of another organisation.
        Conflict: it was started before, or another one runs.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    found = import_of_admin(by=by, import_id=import_id)
    require_fresh(by)
    running = PeopleImport.objects.filter(organisation=found.organisation_id, state__in=OPEN)
    if running.exists():
        raise Conflict(_("Another import is running. Please wait for it."))
    with transaction.atomic():
        _move(found, ImportState.QUEUED, lease_until=now() + LEASE)
        _record(Event.PEOPLE_IMPORT_START, by, found)
        enqueue("identity.tasks.import_people", found.id)
    found.refresh_from_db()
    return found


def run_import(*, by: Actor, import_id: uuid.UUID) -> None:
    """Do an import, part by part, until it is done or another worker has it.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    taken = _claim(import_id)
    while taken is not None:
        taken = _do_part(taken)


def requeue_imports(*, by: Actor) -> None:
    """Send imports whose worker has not come back to another one; forget lists that nobody started.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    PeopleImport.objects.filter(state=ImportState.CHECKED.value, created_at__lte=now() - KEPT).delete()
    for stranded in PeopleImport.objects.filter(state__in=OPEN, lease_until__lte=now()):
        with transaction.atomic():
            if stranded.attempts >= ATTEMPTS:
                _finish(stranded, ImportState.FAILED)
            else:
                enqueue("identity.tasks.import_people", stranded.id)


def undo_import(*, by: Actor, import_id: uuid.UUID) -> PeopleImport:
    """Remove everybody whom an import has made, as long as none of them has set a password.

    Raises:
        NotFound: absent, or of another organisation.
        Conflict: somebody has begun, or somebody else's work refers to one of them.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    found = import_of_admin(by=by, import_id=import_id)
    require_fresh(by)
    try:
        with transaction.atomic():
            _move(found, ImportState.UNDONE, finished_at=now())
            people = _people_who_have_not_begun(found)
            record_for_each(Event.PERSON_REMOVE, by=by, people=people, organisation_id=found.organisation_id)
            Membership.objects.filter(people_import=found).delete()
            Person.objects.filter(id__in=people).delete()
            _record(Event.PEOPLE_IMPORT_UNDO, by, found, count=len(people))
    except ProtectedError:
        raise Conflict(_("Somebody already works with one of these people.")) from None
    found.refresh_from_db()
    return found


def make_links(*, by: Actor, import_id: uuid.UUID) -> Iterator[str]:
    """Make a new invitation link for everybody of an import who has no password yet, as the lines of a CSV file.

    The links stand in this file and nowhere else; earlier ones hold no longer.

    Raises:
        NotFound: absent, or of another organisation.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    found = import_of_admin(by=by, import_id=import_id)
    require_fresh(by)
    with transaction.atomic():
        rows = links_for(by=by, people_import=found)
    return staff_csv.write([*staff_csv.header(_language())[:4], "link"], rows)


def export_people(*, by: Actor, wanted: Wanted) -> Iterator[str]:
    """Write the people of the actor's organisation as the lines of a CSV file, and record that it was written.

    Raises:
        NotFound: not an administrator.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    entries = all_staff(by=by, wanted=wanted)
    require_fresh(by)
    with transaction.atomic():
        audit.record(Event.PEOPLE_EXPORT, by=by, details={"people": len(entries)})
    told = statements_of_staff(by=by)
    language = _language()
    rows = (
        (
            entry.email,
            entry.title,
            entry.given_name,
            entry.family_name,
            entry.function,
            entry.department,
            entry.from_day.isoformat(),
            entry.until_day.isoformat() if entry.until_day else "",
            told[entry.membership_id].stated.speciality,
            cell_of(told[entry.membership_id].stated.sub_specialities),
            cell_of(told[entry.membership_id].languages),
            told[entry.membership_id].stated.telematik_id,
            entry.state,
        )
        for entry in entries
    )
    return staff_csv.write([*staff_csv.header(language), "zustand" if language == "de" else "state"], rows)


def _taken(rows: Sequence[Row]) -> list[Fault]:
    found = Person.objects.filter(email__in=[row.email for row in rows]).values_list("email", flat=True)
    taken = set(found)
    text = _("There is an account with this address already.")
    return [Fault(row.line, "email", text) for row in rows if row.email in taken]


def _claim(import_id: uuid.UUID) -> PeopleImport | None:
    """Take the lease of an import that is queued or whose worker has not come back; None if there is none."""
    held = Q(state=ImportState.RUNNING.value, lease_until__gt=now())
    free = Q(state__in=_sources(ImportState.RUNNING)) & ~held
    lease = now() + LEASE
    taken = PeopleImport.objects.filter(free, id=import_id).update(
        state=ImportState.RUNNING.value, lease_until=lease, attempts=F("attempts") + 1
    )
    return PeopleImport.objects.filter(id=import_id, lease_until=lease).first() if taken else None


def _do_part(taken: PeopleImport) -> PeopleImport | None:
    """Insert the next rows, in the transaction that says how far the import has come; None when it is over."""
    with transaction.atomic():
        lease = now() + LEASE
        held = PeopleImport.objects.filter(
            id=taken.id, state=ImportState.RUNNING.value, lease_until=taken.lease_until, done=taken.done
        )
        rows = [Row(*values) for values in taken.rows[taken.done : taken.done + PART]]
        if not held.update(lease_until=lease, done=F("done") + len(rows)):
            return None
        skipped = insert_rows(by=_starter(taken), people_import=taken, rows=rows)
        taken.lease_until, taken.done = lease, taken.done + len(rows)
        taken.skipped = [*taken.skipped, *skipped]
        taken.save(update_fields=["skipped"])
        if taken.done < taken.total:
            return taken
        _finish(taken, ImportState.DONE)
    return None


def _finish(taken: PeopleImport, state: ImportState) -> None:
    """End an import, and forget the list: who was made stands in their own rows."""
    _move(taken, state, lease_until=None, finished_at=now(), rows=[])
    made = taken.done - len(taken.skipped)
    _record(Event.PEOPLE_IMPORT_FINISH, _starter(taken), taken, made=made, skipped=len(taken.skipped))


def _move(found: PeopleImport, state: ImportState, **values: object) -> None:
    rows = PeopleImport.objects.filter(id=found.id, state__in=_sources(state))
    if not rows.update(state=state.value, **values):
        raise Conflict(_("This import has moved on. Please look at its page again."))


def _sources(to: ImportState) -> list[str]:
    return [state.value for state, targets in IMPORT_TRANSITIONS.items() if to in targets]


def _starter(taken: PeopleImport) -> Actor:
    """Who has started the import acts in it, also where a worker does the work."""
    if taken.created_by_id is None:
        return system_of(taken.organisation_id)
    return Actor(taken.created_by_id, taken.organisation_id, None, frozenset({Role.ADMIN}))


def _people_who_have_not_begun(found: PeopleImport) -> list[uuid.UUID]:
    people = Person.objects.select_for_update().filter(memberships__people_import=found)
    begun = [each.id for each in people if each.last_login or each.has_usable_password()]
    if begun:
        text = ngettext(
            "%(count)s person of it has set a password already.",
            "%(count)s people of it have set a password already.",
            len(begun),
        )
        raise Conflict(text % {"count": len(begun)})
    return [each.id for each in people]


def _record(event: Event, by: Actor, found: PeopleImport, **counts: int) -> None:
    audit.record(
        event,
        by=by,
        subject=f"people-import/{found.id}",
        organisation_id=found.organisation_id,
        details={"people": found.total} | counts,
    )


def _language() -> str:
    return (get_language() or "de")[:2]
