from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "duga.surveys"
    label = "surveys"

    def ready(self):
        from duga.members import rules as members
        from duga.surveys import rules

        members.EVENT_WORDS.update(rules.EVENT_WORDS)
        members.INSIDE_EVENTS |= rules.INSIDE_EVENTS
