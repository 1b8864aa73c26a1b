from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "duga.directory"
    label = "directory"

    def ready(self):
        from duga.directory.rules import EVENT_WORDS as OURS
        from duga.members.rules import EVENT_WORDS

        EVENT_WORDS.update(OURS)
