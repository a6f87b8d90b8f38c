from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dialogram.server.accounts"
    label = "accounts"
