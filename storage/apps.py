from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "storage"

    def ready(self) -> None:
        from medicus.lib import callbacks
        from storage.access import leaving_preview, may_add_findings, patient_numbered
        from storage.actions import end_shares_of_leaver, receive_finding
        from storage.demo import make_demo_findings
        from storage.keys.provider import provider
        from storage.wording import words_of

        callbacks.register("make-keys", provider)
        callbacks.register("finding-target", may_add_findings)
        callbacks.register("upload-complete", receive_finding)
        callbacks.register("offboarding-preview", leaving_preview)
        callbacks.register("offboarded", end_shares_of_leaver)
        callbacks.register("demo-data", make_demo_findings)
        callbacks.register("patient-numbered", patient_numbered)
        callbacks.register("words", words_of)
