from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"

    def ready(self) -> None:
        from identity.access.api_keys import names_by_api_key_id
        from identity.access.people import (
            names_by_organisation_id,
            names_by_person_id,
            people_by_membership_id,
        )
        from identity.access.policies import audit_years
        from identity.authority import root_certificate
        from identity.oidc import texts
        from identity.states import words_of
        from identity.vault import load_key
        from medicus.lib import callbacks

        callbacks.register("person-names", names_by_person_id)
        callbacks.register("membership-people", people_by_membership_id)
        callbacks.register("api-key-names", names_by_api_key_id)
        callbacks.register("audit-years", audit_years)
        callbacks.register("words", words_of)
        callbacks.register("words", texts.words_of)
        callbacks.register("organisation-names", names_by_organisation_id)
        callbacks.register("make-keys", root_certificate)
        callbacks.register("make-keys", load_key)
