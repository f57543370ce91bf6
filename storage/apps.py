from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "storage"

    def ready(self) -> None:
        from medicus.lib import callbacks
        from storage.access import (
            folders_guarded_by,
            leaving_preview,
            may_add_findings,
            open_inquiries,
            open_reviews,
            opens_record,
            patient_names,
            patient_numbered,
            record_ids,
            record_of_membership,
        )
        from storage.actions import (
            connect_record,
            end_shares_of_leaver,
            forget_inquiries_about,
            forget_inquiries_of,
            receive_finding,
        )
        from storage.demo import let_demo_patient_in, make_demo_findings
        from storage.keys.provider import provider
        from storage.wording import words_of

        callbacks.register("make-keys", provider)
        callbacks.register("finding-target", may_add_findings)
        callbacks.register("upload-complete", receive_finding)
        callbacks.register("offboarding-preview", leaving_preview)
        callbacks.register("offboarded", end_shares_of_leaver)
        callbacks.register("demo-data", make_demo_findings)
        callbacks.register("department-guards", folders_guarded_by)
        callbacks.register("open-items", open_reviews)
        callbacks.register("open-items", open_inquiries)
        callbacks.register("person-erased", forget_inquiries_of)
        callbacks.register("names-forgotten", forget_inquiries_about)
        callbacks.register("demo-patients", let_demo_patient_in)
        callbacks.register("patient-numbered", patient_numbered)
        callbacks.register("patient-names", patient_names)
        callbacks.register("patient-accepted", connect_record)
        callbacks.register("own-records", record_ids)
        callbacks.register("patient-record", record_of_membership)
        callbacks.register("patient-reach", opens_record)
        callbacks.register("words", words_of)
