"""Whether what was typed about organisations, people and roles can be understood."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.members.queries import country_choices
from duga.members.rules import MEMBER_STATUS_LABELS, ROLES, MemberStatus
from duga.ui.fields import DayField
from duga.ui.widgets import Chips


def role_choices(roles):
    """(role, its name and sentence) to choose from."""
    return [(role.value, f"{_(ROLES[role].label)}: {_(ROLES[role].sentence)}") for role in roles]


def status_choices(statuses):
    """(standing, its name)."""
    return [(status.value, _(MEMBER_STATUS_LABELS[status])) for status in statuses]


class OrganisationForm(forms.Form):
    """A new organisation of a network."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=200)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    town = forms.CharField(label=gettext_lazy("Town"), max_length=120, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    status = forms.ChoiceField(label=gettext_lazy("Standing"), widget=Chips)
    since = DayField(label=gettext_lazy("Since"), required=False, help_text=gettext_lazy("Empty: today."))
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the first coordinator"), required=False,
        help_text=gettext_lazy("She gets an invitation. Without an address you get a link to print or copy."),
    )  # fmt: skip

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = status_choices([MemberStatus.MEMBER, MemberStatus.APPLICANT])
        self.fields["status"].initial = MemberStatus.MEMBER.value
        self.fields["country"].choices = [("", "—"), *country_choices(get_language() or "en")]
        self.fields["country"].initial = country


class ProfileForm(forms.Form):
    """What an organisation says about itself."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=200)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=120, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")


class StandingForm(forms.Form):
    """A new standing of an organisation in a network."""

    status = forms.ChoiceField(label=gettext_lazy("New standing"), widget=Chips)
    since = DayField(label=gettext_lazy("Since"), required=False, help_text=gettext_lazy("Empty: today."))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Needed to suspend and to leave. The organisation reads it."),
    )  # fmt: skip

    def __init__(self, *args, statuses=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = status_choices(statuses)


class JoinForm(forms.Form):
    """An organisation asks to join a network, or leaves one."""

    network = forms.ChoiceField(label=gettext_lazy("Network"))

    def __init__(self, *args, networks=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["network"].choices = [(network.slug, network.name) for network in networks]


class InviteForm(forms.Form):
    """Whom to invite to what."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False,
        help_text=gettext_lazy("Without an address, whoever holds the link can use it, once."),
    )  # fmt: skip

    def __init__(self, *args, roles=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)
        if len(roles) == 1:
            self.fields["role"].initial = roles[0].value


class RoleForm(forms.Form):
    """Another role for someone who works here."""

    role = forms.ChoiceField(label=gettext_lazy("Another role"), widget=forms.RadioSelect)

    def __init__(self, *args, roles=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)


PASSWORD_HELP = gettext_lazy("At least 12 letters or signs. Three or four words that belong only to you are good.")


def password_field():
    """A new password, once: browsers keep it, and showing it is better than typing it twice."""
    return forms.CharField(
        label=gettext_lazy("New password"), help_text=PASSWORD_HELP, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip


class AcceptForm(forms.Form):
    """A new account for who was invited."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"}),
        help_text=gettext_lazy("You sign in with it."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Your language"), choices=settings.SITE_LANGUAGES)
    password = password_field()

    def __init__(self, *args, email="", **kwargs):
        super().__init__(*args, **kwargs)
        if email:
            self.fields["email"].disabled = True
            self.fields["email"].initial = email


class RecoveryForm(forms.Form):
    """A new password."""

    password = password_field()


class AccountForm(forms.Form):
    """One's own name and language."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Your language"), choices=settings.SITE_LANGUAGES)


def _with_town(organisation):
    """Many bear one name: the town, or the country, tells them apart."""
    return f"{organisation.name} ({', '.join(part for part in (organisation.town, organisation.country) if part)})"


class AdministratorForm(forms.Form):
    """Where an administrator opens a session, and why."""

    place = forms.ChoiceField(label=gettext_lazy("Organisation or network"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("The coordinators there read it at once."),
    )  # fmt: skip

    def __init__(self, *args, networks=(), organisations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [
            (_("Networks"), [(f"network:{each.pk}", each.name) for each in networks]),
            (_("Organisations"), [(f"organisation:{each.pk}", _with_town(each)) for each in organisations]),
        ]
