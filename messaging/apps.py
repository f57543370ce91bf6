from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from medicus.lib import callbacks
        from messaging import actions
        from messaging.access import (
            cases_of_patient,
            correspondence,
            is_leaf,
            leaving_preview,
            left_alone,
            open_reports,
            shares_patient_case,
        )
        from messaging.live import bus
        from messaging.overview import section
        from messaging.push.keys import load_key
        from messaging.states import words_of

        callbacks.register("device-revoked", actions.revoke_devices)
        callbacks.register("signed-out", actions.forget_push)
        callbacks.register("make-keys", load_key)
        callbacks.register("offboarding-preview", leaving_preview)
        callbacks.register("offboarded", left_alone)
        callbacks.register("offboarded", actions.end_backup_of_leaver)
        callbacks.register("identity-key-reset", actions.end_backup_of_key)
        callbacks.register("attachment-scope", is_leaf)
        callbacks.register("finding-examined", actions.conclude_export)
        callbacks.register("open-items", open_reports)
        callbacks.register("person-erased", actions.forget_backups_of)
        callbacks.register("person-erased", actions.forget_blocks_of)
        callbacks.register("person-erased", actions.forget_reports_of)
        callbacks.register("patient-cases", cases_of_patient)
        callbacks.register("patient-correspondence", correspondence)
        callbacks.register("patient-reach", shares_patient_case)
        callbacks.register("words", words_of)
        callbacks.register("overview-section", section)
        bus.listen()
