from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "duga.members"
    label = "members"
