from django.apps import AppConfig


class RoomConfig(AppConfig):
    name = "dialogram.server.room"
    label = "room"
