from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.keys import signer
        from medicus.lib import callbacks

        callbacks.register("make-keys", signer)
