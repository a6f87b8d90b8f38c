from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "dialogram.server.identity"
    label = "identity"
