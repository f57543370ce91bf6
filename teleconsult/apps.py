from django.apps import AppConfig


class TeleconsultConfig(AppConfig):
    name = "teleconsult"
