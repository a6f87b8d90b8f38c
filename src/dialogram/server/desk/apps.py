from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "dialogram.server.desk"
    label = "desk"
