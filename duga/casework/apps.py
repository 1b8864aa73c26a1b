from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "duga.casework"
    label = "casework"

    def ready(self):
        from duga.casework.rules import EVENT_WORDS as OURS
        from duga.members.rules import EVENT_WORDS, INSIDE_EVENTS

        EVENT_WORDS.update(OURS)
        INSIDE_EVENTS.update(event for event in OURS if not event.startswith("organisation."))
