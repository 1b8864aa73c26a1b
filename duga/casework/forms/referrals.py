"""Forms of referrals: whom to ask, what is told, the answers."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.casework.forms.fields import AreaField, CodeField, code_choices
from duga.casework.rules.referrals import (
    DISCLOSED_GROUPS,
    KIND_LABELS,
    PRIORITY_LABELS,
    QUESTIONS,
    Priority,
    ReferralKind,
)
from duga.places import queries as places
from duga.ui.widgets import Chips, ManyChips

KINDS = [(kind, gettext_lazy(KIND_LABELS[kind])) for kind in (ReferralKind.REFERRAL, ReferralKind.TRANSFER)]
PRIORITIES = [(each, gettext_lazy(PRIORITY_LABELS[each])) for each in Priority]
HOW = [("spoken", gettext_lazy("spoken")), ("written", gettext_lazy("written"))]
BY_GUARDIAN = ("guardian", gettext_lazy("by a guardian, and the child says yes"))
AREA = {"rows": 3}


def _categories():
    language = get_language() or "en"
    known = [each for each in places.codes("data_categories") if each.group in DISCLOSED_GROUPS]
    return [(each.code, places.label("data_categories", each.code, language)) for each in known]


class WhomForm(forms.Form):
    """Looking for who can help: a need and a place, or an organisation by its name."""

    need = CodeField("needs", label=gettext_lazy("What does she need?"), empty=gettext_lazy("choose"), required=False)
    area = AreaField(label=gettext_lazy("Where?"), max_length=120, required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("How soon?"), choices=PRIORITIES, widget=Chips, initial=Priority.NORMAL, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Or a member organisation"), max_length=80, required=False,
        help_text=gettext_lazy("A part of its name or its town."),
    )  # fmt: skip

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country


class ReferralForm(forms.Form):
    """What is asked and exactly what is told. What the record holds is taken from it by the categories chosen."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=KINDS, widget=Chips, initial="referral")
    priority = forms.ChoiceField(
        label=gettext_lazy("How soon?"), choices=PRIORITIES, widget=Chips, initial=Priority.NORMAL
    )
    need = CodeField("needs", label=gettext_lazy("What does she need?"), empty=gettext_lazy("choose"), required=False)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services asked for"), widget=ManyChips, required=False,
        choices=lambda: code_choices("service_types"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why she is sent on"), max_length=2000, widget=forms.Textarea(attrs=AREA)
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("What may be told about her"), widget=ManyChips, required=False,
        choices=_categories,
        help_text=gettext_lazy(
            "Without her name she goes by her case code. Name, phone, address and birth are taken from her record; "
            "the rest you write below."
        ),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Exactly what is told, in these words"), max_length=4000, required=False,
        widget=forms.Textarea(attrs=AREA),
    )  # fmt: skip
    contact = forms.CharField(
        label=gettext_lazy("How and when she can be reached safely"), max_length=300, required=False
    )
    plan = forms.BooleanField(
        label=gettext_lazy("Send the plan of the case along: what is aimed at and the open steps"), required=False,
        help_text=gettext_lazy("Only with her consent; without it the plan stays here. Notes and files never go."),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=gettext_lazy("She agrees that exactly this is told to exactly this receiver"), required=False,
        help_text=gettext_lazy("Kept as her consent from when you send it."),
    )  # fmt: skip
    how = forms.ChoiceField(label=gettext_lazy("How she said so"), choices=HOW, widget=Chips, initial="spoken")
    child_protection = forms.BooleanField(
        label=gettext_lazy("Protection of a child"), required=False,
        help_text=gettext_lazy("If urgent, it goes at once; what is missing waits for you as a list."),
    )  # fmt: skip
    guardian_id = forms.ChoiceField(
        label=gettext_lazy("Who cares for the child"), required=False,
        help_text=gettext_lazy("As recorded under “Child”. One who may be the danger is never offered."),
    )  # fmt: skip
    alone = forms.BooleanField(label=gettext_lazy("Separated or unaccompanied"), required=False)
    informed = forms.BooleanField(label=gettext_lazy("The caregiver knows of this"), required=False)
    sender = forms.CharField(
        label=gettext_lazy("Whom they call here"), max_length=300, required=False,
        help_text=gettext_lazy("Your name at work and a number."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language of the receiver"), choices=settings.SITE_LANGUAGES)
    override = forms.CharField(
        label=gettext_lazy("Going without her consent: why?"), max_length=500, required=False,
        help_text=gettext_lazy("Only where it cannot wait. A supervisor reads it; the receiver is not told."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of the institution"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Its e-mail or phone"), max_length=200, required=False,
        help_text=gettext_lazy("With an e-mail the link can be sent from here; the code you tell by phone."),
    )  # fmt: skip
    account = forms.ChoiceField(label=gettext_lazy("Which colleague"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    FIRST = (
        "account",
        "name",
        "address",
        "kind",
        "priority",
        "need",
        "reason",
        "categories",
        "text",
        "contact",
        "plan",
        "agreed",
        "how",
    )
    CHILD = ("child_protection", "guardian_id", "alone", "informed")
    MORE = ("services", "sender", "language", "override")

    def __init__(self, *args, outside=False, colleagues=None, guardians=(), case=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not case:
            del self.fields["plan"]
        if guardians:
            self.fields["guardian_id"].choices = [("", _("not said")), *guardians]
            self.fields["how"].choices = [*HOW, BY_GUARDIAN]
        else:
            del self.fields["guardian_id"]
        if not outside:
            del self.fields["name"], self.fields["address"]
        if colleagues is None:
            del self.fields["account"]
        else:
            self.fields["account"].choices = [(str(pk), name) for pk, name in colleagues]
            for name in ("kind", "categories", "text", "plan", "agreed", "how", "override", "language", "sender"):
                self.fields.pop(name, None)

    def told(self):
        """The keyword arguments of `actions.make_referral`, without the person and whom it goes to."""
        data = dict(self.cleaned_data)
        for name in ("name", "address", "account", "version"):
            data.pop(name, None)
        return {"kind": "assignment", **data} if "account" in self.fields else data


def _reasons(name):
    return lambda: code_choices(name, empty=_("choose"))


class RejectForm(forms.Form):
    """Why it is not taken on."""

    reason = forms.ChoiceField(label=gettext_lazy("Why not?"), choices=_reasons("referral_rejections"))
    text = forms.CharField(label=gettext_lazy("In your words"), max_length=1000, required=False)


class EndForm(forms.Form):
    """Why the service was not given."""

    outcome = forms.ChoiceField(label=gettext_lazy("Why was it not given?"), choices=_reasons("referral_failures"))


class AskForm(forms.Form):
    """A question, of the list or in words; or the answer to one."""

    ask = forms.MultipleChoiceField(label=gettext_lazy("What do you ask?"), widget=ManyChips, required=False)
    text = forms.CharField(label=gettext_lazy("Your question or answer"), max_length=1000, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="ask_%s", **kwargs)  # it stands beside other forms
        self.fields["ask"].choices = [(code, _(label)) for code, label in QUESTIONS.items()]


class PlaceForm(forms.Form):
    """Into which sealed programme it is put."""

    programme = forms.ChoiceField(label=gettext_lazy("Sealed programme"))

    def __init__(self, *args, programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(str(each.pk), each.name) for each in programmes]


class CodeForm(forms.Form):
    """The code that was told by another way than the link."""

    code = forms.CharField(
        label=gettext_lazy("The code you were told"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-short": "yes"}),
    )  # fmt: skip
