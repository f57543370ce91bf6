"""New keys for old rows. Objects themselves are never rewritten: only the wrapping of their keys changes.

The root: put the new one in place, keep the old as `storage-root.previous.key`, restart, `rewrap_under_root`,
then destroy the old one. With it goes what backups and write-ahead logs still hold of shredded keys.
"""

from uuid import UUID

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, require_system
from storage.keys import data_keys, organisation
from storage.keys.organisation import OrganisationSecret
from storage.models import OrganisationKey, StoredObject


def rotate_organisation(*, by: Actor, organisation_id: UUID) -> int:
    """Make the organisation's next secret and wrap its objects' keys by it; return how many.

    The secret and its audit event are one transaction, then each row is its own, so this may be stopped and
    repeated. Sealed attributes stay under the version that sealed them; the blind indexes stay as they are.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    with transaction.atomic():
        secret = organisation.add_version(organisation_id)
        _record(Event.ORGANISATION_KEY_ROTATE, by, organisation_id, secret.version)
    stale = StoredObject.objects.filter(organisation_id=organisation_id, wrapped_key__isnull=False)
    ids = stale.exclude(organisation_key_id=secret.row_id).values_list("id", flat=True)
    return sum(_rewrap(object_id, secret) for object_id in list(ids))


def _rewrap(object_id: UUID, secret: OrganisationSecret) -> bool:
    with transaction.atomic():
        rows = StoredObject.objects.select_for_update(of=("self",)).select_related("organisation_key")
        row = rows.filter(id=object_id, wrapped_key__isnull=False).first()
        if row is None:  # shredded meanwhile
            return False
        data_key = data_keys.data_key_of(row)
        row.wrapped_key = data_keys.wrap(data_key, secret, data_keys.binding_of(row), row.size_bytes)
        row.organisation_key_id = secret.row_id
        row.save(update_fields=["wrapped_key", "organisation_key"])
    return True


def rewrap_under_root(*, by: Actor) -> int:
    """Wrap every organisation's secret anew by the current root; return how many.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    with transaction.atomic():
        rows = list(OrganisationKey.objects.select_for_update())
        for row in rows:
            organisation.rewrap(row)
            _record(Event.ORGANISATION_KEY_REWRAP, by, row.organisation_id, row.version)
    return len(rows)


def _record(event: Event, by: Actor, organisation_id: UUID, version: int) -> None:
    audit.record(
        event,
        by=by,
        subject=f"organisation/{organisation_id}",
        organisation_id=organisation_id,
        details={"version": version},
    )
