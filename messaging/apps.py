from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from medicus.lib import callbacks
        from messaging import actions
        from messaging.access import is_leaf, leaving_preview, left_alone
        from messaging.live import bus
        from messaging.states import words_of

        callbacks.register("device-revoked", actions.revoke_devices)
        callbacks.register("offboarding-preview", leaving_preview)
        callbacks.register("offboarded", left_alone)
        callbacks.register("attachment-scope", is_leaf)
        callbacks.register("words", words_of)
        bus.listen()
