"""Consent, bases, guardians, decisions and disclosures, as people fill them in."""

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import CodeField, code_choices
from duga.casework.rules import (
    GUARDIAN_LABELS,
    HOW_LABELS,
    How,
    ReceiverKind,
    ReviewOutcome,
    openings,
    read_receiver,
    sentence_in,
)
from duga.places import queries as places
from duga.plain.errors import Refused
from duga.ui.fields import DayField, said
from duga.ui.widgets import Chips, FileDrop, ManyChips, file_errors

HOW = {how: _(words) for how, words in HOW_LABELS.items()}
GUARDIANS = {kind.value: _(words) for kind, words in GUARDIAN_LABELS.items()}
OUTCOMES = {
    ReviewOutcome.JUSTIFIED: _("It was right"),
    ReviewOutcome.TOO_MUCH: _("Less would have done"),
    ReviewOutcome.NOT_JUSTIFIED: _("It was not right"),
}
TEXT = {"rows": 3}


def language_choices(purpose: str) -> list[tuple[str, str]]:
    """(code, own name) of every language, those in which the sentence of this purpose stands first."""
    rows = [("sr-latn", "Srpski (latinica)")]
    rows += [(code.code, code.fields["own"]) for code in places.codes("languages") if code.code != "sgn"]
    return sorted(rows, key=lambda row: not sentence_in(purpose, row[0]))


class ReceiverForm(forms.Form):
    """To whom: a member organisation, an institution that the page was opened with, or anyone else in words."""

    organisation = forms.ChoiceField(label=_("Organisation of the network"), required=False)
    named = forms.CharField(
        label=_("Or somebody else"),
        required=False,
        max_length=200,
        help_text=_("A name she knows: school, doctor, centre."),
    )

    def __init__(self, *args, fellows=(), institution=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.institution = institution
        self.fields["organisation"].choices = [("", "—"), *((str(row.pk), row.name) for row in fellows)]

    def receiver(self):
        """A rules.Receiver, or None; two at once are an error of the form."""
        told = self.cleaned_data
        found = [
            (kind, key)
            for kind, key in (
                (ReceiverKind.INSTITUTION, self.institution.pk if self.institution else None),
                (ReceiverKind.ORGANISATION, told.get("organisation")),
                (ReceiverKind.NAMED, told.get("named")),
            )
            if key
        ]
        if len(found) > 1:
            self.add_error("named", gettext("Choose one receiver. For a second one ask her again."))
            return None
        try:
            return read_receiver(*found[0]) if found else None
        except Refused as error:
            self.add_error("named", said(error))
            return None


class ConsentForm(ReceiverForm):
    """What she answers to the sentence that was read to her."""

    categories = forms.MultipleChoiceField(
        label=_("What is told"), required=False, widget=ManyChips, choices=lambda: code_choices("data_categories")
    )
    how = forms.ChoiceField(label=_("She answered"), widget=Chips, choices=list(HOW.items()), initial="spoken")
    guardian = forms.ChoiceField(label=_("Guardian"), required=False)
    with_assent = forms.ChoiceField(
        label=_("And the child herself"), required=False, widget=Chips,
        choices=[("yes", _("says yes")), ("no", _("says no")), ("", _("too young to ask"))],
    )  # fmt: skip
    witness = forms.CharField(label=_("Witness"), required=False, max_length=200)
    expires_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args, guardians=(), child=False, asked=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not child:
            for name in ("guardian", "with_assent"):
                del self.fields[name]
        else:
            named = [(str(each.row.pk), each.details.get("name", "")) for each in guardians]
            self.fields["guardian"].choices = [("", "—"), *named]
            self.initial["how"] = How.GUARDIAN if guardians else How.ASSENT
            if asked:
                self.fields["with_assent"].choices = self.fields["with_assent"].choices[:2]
        ways = (How.GUARDIAN, How.ASSENT) if child else (How.SPOKEN, How.WRITTEN)
        self.fields["how"].choices = [(how, HOW[how]) for how in ways]

    def answer(self) -> dict:
        """What `take_consent` asks for, but for the person, the purposes, the language and the answer itself."""
        told = self.cleaned_data
        return {
            "recipient": self.receiver(), "categories": told["categories"], "how": told["how"],
            "guardianship_id": told.get("guardian") or None, "with_assent": told.get("with_assent", ""),
            "witness": told["witness"], "expires_on": told["expires_on"],
        }  # fmt: skip


class BasisForm(forms.Form):
    """On what basis in law her data is used for a purpose; consent has its own page."""

    purpose = CodeField("purposes", label=_("Purpose"), initial="assistance")
    basis = forms.ChoiceField(label=_("Lawful basis"))
    given_on = DayField(label=_("Since"))

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        open_ = {row.basis for code in places.codes("purposes") for row in openings(country, code.code)} - {"consent"}
        self.fields["basis"].choices = [row for row in code_choices("lawful_bases") if row[0] in open_]


class ProofForm(forms.Form):
    """The signed paper."""

    scan = forms.FileField(
        label=_("Scan or photo of the signed paper"), widget=FileDrop(hint=_("PDF, JPEG or PNG, up to 10 MB")),
        error_messages=file_errors(_("Choose the scan: PDF, JPEG or PNG, of at most 10 MB.")),
    )  # fmt: skip


class GuardianForm(forms.Form):
    """Who looks after a child."""

    kind = forms.ChoiceField(label=_("Who looks after the child"), widget=Chips, choices=list(GUARDIANS.items()))
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    relation = forms.CharField(label=_("Mother, aunt, centre for social work…"), required=False, max_length=200)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    paper = forms.CharField(label=_("Decision or paper, its number"), required=False, max_length=200)
    since = DayField(label=_("Since"), required=False)


class FlagForm(forms.Form):
    """Why a guardian may be the danger."""

    reason = forms.CharField(
        label=_("Why may this guardian be a danger?"), max_length=1000, widget=forms.Textarea(attrs=TEXT)
    )


class DecisionForm(forms.Form):
    """What is best for a child."""

    question = forms.CharField(label=_("Question"), max_length=4000, widget=forms.Textarea(attrs=TEXT))
    decision = forms.CharField(label=_("Decision"), max_length=4000, widget=forms.Textarea(attrs=TEXT))
    reasons = forms.CharField(
        label=_("Reasons, and what the child said"), max_length=4000, widget=forms.Textarea(attrs=TEXT)
    )
    others = forms.CharField(label=_("Who else sat at the table"), required=False, max_length=4000)
    review_on = DayField(label=_("Looked at again on"))


class DisclosureForm(ReceiverForm):
    """What was told without consent."""

    basis = forms.ChoiceField(label=_("Why without consent"), widget=Chips)
    duty = forms.CharField(
        label=_("Law and article that demand it"),
        required=False,
        max_length=200,
        help_text=_("Only for a duty laid down by law."),
    )
    categories = forms.MultipleChoiceField(
        label=_("What was told: only what was needed"),
        widget=ManyChips,
        choices=lambda: code_choices("data_categories"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs=TEXT))
    told_on = DayField(label=_("Day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["basis"].choices = [
            (code, places.label("lawful_bases", code, language)) for code in ("vital_interests", "legal_duty")
        ]


class ReviewForm(forms.Form):
    """What another person found."""

    outcome = forms.ChoiceField(label=_("Looking back"), widget=Chips, choices=list(OUTCOMES.items()))
    note = forms.CharField(
        label=_("What has to change"), required=False, max_length=4000, widget=forms.Textarea(attrs=TEXT)
    )
