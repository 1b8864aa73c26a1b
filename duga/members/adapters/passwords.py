"""What is wrong with a new password, in the words of the house: what to do, not which rule was broken."""

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _


class OfOnesOwn(django.UserAttributeSimilarityValidator):
    """Not one's own name or address."""

    def get_error_message(self):
        """What to do instead."""
        return _("Your name or address is in this password, and that is tried first. Take words nobody would expect.")


class LongEnough(django.MinimumLengthValidator):
    """Twelve letters or signs."""

    def get_error_message(self):
        """How long it must be."""
        return _(
            "This password is too short. Take at least %(number)s letters or signs; three or four words are good."
        ) % {"number": self.min_length}


class NotEverybodys(django.CommonPasswordValidator):
    """None that many people use."""

    def get_error_message(self):
        """What to do instead."""
        return _("Many people use this password, so it is among the first to be guessed. Take words of your own.")
