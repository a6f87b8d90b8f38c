from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "dialogram.server.config"
    label = "config"
