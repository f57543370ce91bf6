"""What each field of `audit` is, for research, export and deletion: identifying, clinical or technical."""

CLASSIFICATION = {
    "AuditEvent.event_id": "technical",
    "AuditEvent.at": "technical",
    "AuditEvent.event": "technical",
    "AuditEvent.organisation_id": "technical",
    # people stand in it only as commitments, which `AuditPerson` opens
    "AuditEvent.canonical": "technical",
    "AuditPerson.event_id": "technical",
    "AuditPerson.part": "technical",
    "AuditPerson.person_id": "identifying",
    "AuditPerson.salt": "technical",
    "Unsequenced.event_id": "technical",
    "Leaf.index": "technical",
    "Leaf.event": "technical",
    "Tile.level": "technical",
    "Tile.number": "technical",
    "Tile.hashes": "technical",
    "Checkpoint.size": "technical",
    "Checkpoint.root": "technical",
    "Checkpoint.at": "technical",
    "Checkpoint.note": "technical",
}
