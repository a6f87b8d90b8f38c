from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "dialogram.server.records"
    label = "records"
