from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "duga.casework"
    label = "casework"

    def ready(self):
        from duga.casework.rules import EVENT_WORDS as OURS
        from duga.members.rules import EVENT_WORDS

        EVENT_WORDS.update(OURS)
