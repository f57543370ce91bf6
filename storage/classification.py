"""What each field of `storage` is, for research, export and deletion: identifying, clinical or technical."""

_OBJECTS = {
    "OrganisationKey.id": "technical",
    "OrganisationKey.organisation": "technical",
    "OrganisationKey.version": "technical",
    "OrganisationKey.wrapped_key": "technical",
    "OrganisationKey.created_at": "technical",
    "StoredObject.id": "technical",
    "StoredObject.organisation": "technical",
    "StoredObject.kind": "technical",
    "StoredObject.state": "technical",
    "StoredObject.size_bytes": "technical",
    "StoredObject.group_id": "technical",
    "StoredObject.organisation_key": "technical",
    # opens the object's content, which is clinical
    "StoredObject.wrapped_key": "clinical",
    "StoredObject.created_at": "technical",
    "ObjectPart.id": "technical",
    "ObjectPart.stored_object": "technical",
    "ObjectPart.start_bytes": "technical",
    "ObjectPart.size_bytes": "technical",
    "ObjectPart.store_key": "technical",
    "Upload.stored_object": "technical",
    "Upload.person": "identifying",
    "Upload.size_bytes": "technical",
    "Upload.offset_bytes": "technical",
    # sealed: names of files, ids of patients
    "Upload.sealed_metadata": "identifying",
    "Upload.expires_at": "technical",
    "Upload.completed_at": "technical",
    "ObjectOpening.id": "technical",
    "ObjectOpening.stored_object": "technical",
    "ObjectOpening.person": "identifying",
    "ObjectOpening.opened_at": "technical",
}

_FINDINGS = {
    "Patient.id": "identifying",
    "Patient.organisation": "technical",
    # sealed: names, date of birth, identifier
    "Patient.sealed_demographics": "identifying",
    "Patient.identifier_index": "identifying",
    # which department treats somebody says something about them
    "Patient.guarded_by": "clinical",
    "Patient.created_by": "identifying",
    "Patient.created_at": "technical",
    "PatientOpening.id": "technical",
    "PatientOpening.patient": "identifying",
    "PatientOpening.person": "identifying",
    "PatientOpening.opened_at": "technical",
    "PatientLink.id": "technical",
    "PatientLink.patient": "identifying",
    "PatientLink.membership": "identifying",
    "PatientLink.linked_at": "technical",
    "PatientLink.ended_at": "technical",
    "PatientLink.ended_by": "identifying",
    "PatientLink.reason": "technical",
    "Finding.stored_object": "technical",
    "Finding.patient": "identifying",
    "Finding.received_by": "identifying",
    "Finding.received_at": "clinical",
    "Finding.media_type": "technical",
    # sealed: names of files name patients
    "Finding.sealed_name": "identifying",
    "Finding.examined_at": "technical",
    "Finding.malware_scan": "technical",
    "Finding.reason": "technical",
    # sealed: also names the patient, as the file does
    "Finding.sealed_attributes": "identifying",
    "DicomHeader.finding": "technical",
    "DicomHeader.sealed_json": "identifying",
    "DicomHeader.sealed_frames": "technical",
    # sealed: an image, and what may be burned into it
    "DicomHeader.sealed_preview": "identifying",
    "Share.id": "technical",
    "Share.finding": "technical",
    "Share.membership": "identifying",
    "Share.purpose": "clinical",
    "Share.state": "technical",
    "Share.created_by": "identifying",
    "Share.created_at": "technical",
    "Share.expires_at": "technical",
    "Share.ended_at": "technical",
    "Job.id": "technical",
    "Job.kind": "technical",
    "Job.stored_object": "technical",
    "Job.state": "technical",
    "Job.lease_until": "technical",
    "Job.attempts": "technical",
    "Job.created_at": "technical",
    "Job.finished_at": "technical",
}

_EMERGENCIES = {
    "EmergencyAccess.id": "technical",
    "EmergencyAccess.patient": "identifying",
    "EmergencyAccess.membership": "identifying",
    "EmergencyAccess.reason": "clinical",
    # sealed: people write what they know of the patient
    "EmergencyAccess.sealed_account": "clinical",
    "EmergencyAccess.begun_at": "technical",
    "EmergencyAccess.ends_at": "technical",
    "EmergencyAccess.state": "technical",
    "EmergencyAccess.reviewed_by": "identifying",
    "EmergencyAccess.reviewed_at": "technical",
    "EmergencyAccess.sealed_note": "clinical",
}

_INQUIRIES = {
    "AccessInquiry.id": "technical",
    "AccessInquiry.patient": "identifying",
    "AccessInquiry.event_id": "technical",
    # sealed: what patients and hospitals write of a treatment; deleted with the names in the log
    "AccessInquiry.sealed_question": "clinical",
    "AccessInquiry.asked_at": "technical",
    "AccessInquiry.answered_by": "identifying",
    "AccessInquiry.answered_at": "technical",
    "AccessInquiry.sealed_answer": "clinical",
}

CLASSIFICATION = {**_OBJECTS, **_FINDINGS, **_EMERGENCIES, **_INQUIRIES}
