from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"

    def ready(self) -> None:
        from identity.access.people import names_by_person_id
        from identity.authority import root_certificate
        from identity.vault import load_key
        from medicus.lib import callbacks

        callbacks.register("person-names", names_by_person_id)
        callbacks.register("make-keys", root_certificate)
        callbacks.register("make-keys", load_key)
