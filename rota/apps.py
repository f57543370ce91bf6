from django.apps import AppConfig


class RotaConfig(AppConfig):
    name = "rota"

    def ready(self) -> None:
        from medicus.lib import callbacks
        from rota.access import duties_of_memberships, memberships_on_duty
        from rota.access.leaving import leaving_preview
        from rota.access.roles import open_roles
        from rota.demo import make_demo_rotas
        from rota.offboarding import offboarded
        from rota.states import words_of

        callbacks.register("demo-data", make_demo_rotas)
        callbacks.register("offboarding-preview", leaving_preview)
        callbacks.register("offboarded", offboarded)
        callbacks.register("duties", duties_of_memberships)
        callbacks.register("open-roles", open_roles)
        callbacks.register("on-duty", memberships_on_duty)
        callbacks.register("words", words_of)
