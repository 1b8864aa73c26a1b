"""Cases as they are typed: opening, plan, notes, files, team, closing."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import CodeField, code_choices
from duga.casework.rules import MET_LABELS, NOTE_LABELS, SECTION_LABELS, URGENCY_LABELS, NoteKind, Section, Urgency
from duga.ui.fields import DayField
from duga.ui.widgets import Chips, FileDrop, SearchInput, file_errors

HOW = (("written", _("in writing")), ("spoken", _("spoken")), ("guardian", _("by a guardian")))
FILES = _("PDF, JPEG or PNG, up to 10 MB. Where a photo was taken is left out.")


def _said(labels, only=None) -> list:
    """(code, label) in the reader's language."""
    return [(code.value, gettext(label)) for code, label in labels.items() if only is None or code in only]


class OpenCaseForm(forms.Form):
    """What a case needs to begin: a programme where there is one, a lawful basis where none stands."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    basis = CodeField(
        "lawful_bases", label=_("Lawful basis"), required=False, empty=_("one that is stated already"),
        help_text=_("Needed where neither the programme nor her record has one yet."),
    )  # fmt: skip
    how = forms.ChoiceField(label=_("If it is consent, how was it given?"), required=False, choices=[("", "—"), *HOW])
    review_on = DayField(label=_("Look at it again on"), required=False, help_text=_("Empty: in three months."))

    def __init__(self, *args, programmes=(), person=True, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), row.name) for row in programmes]
        self.fields["programme"].choices = [("", gettext("The one she stands in")), *choices]
        if not person:
            del self.fields["basis"], self.fields["how"]


class CodeForm(forms.Form):
    """Straight to a case: its code, or her case code."""

    code = forms.CharField(
        label=_("Case code"), max_length=12, widget=SearchInput(attrs={"autofocus": True, "data-short": "yes"})
    )


class GoalForm(forms.Form):
    """A goal of the plan."""

    goal = forms.CharField(label=_("Goal"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    need = CodeField("needs", label=_("Towards which need"), required=False, empty="—")


class StepForm(forms.Form):
    """A step: what, who, until when."""

    step = forms.CharField(label=_("Step"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.ChoiceField(label=_("Who does it"), required=False)
    due = DayField(label=_("Until"), required=False)
    goal = forms.ChoiceField(label=_("For which goal"), required=False)

    def __init__(self, *args, colleagues=(), goals=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", gettext("whoever is there")), *((str(pk), name) for pk, name in colleagues)]
        self.fields["goal"].choices = [("", "—"), *((str(pk), text[:60]) for pk, text in goals)]
        if not goals:
            del self.fields["goal"]


class NoteForm(forms.Form):
    """A note in a section of the case."""

    text = forms.CharField(
        label=_("Note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Kept encrypted. Write what is needed to help, and no more."),
    )  # fmt: skip
    section = forms.ChoiceField(label=_("Section"), widget=Chips)
    kind = forms.ChoiceField(label=_("What is it of?"), widget=Chips)
    on = DayField(label=_("When"), required=False)

    def __init__(self, *args, sections=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = _said(SECTION_LABELS, sections)
        self.fields["kind"].choices = _said(NOTE_LABELS)
        self.initial.setdefault("section", Section.GENERAL.value)
        self.initial.setdefault("kind", NoteKind.CONTACT.value)


class FileForm(forms.Form):
    """A file for a section of the case."""

    file = forms.FileField(label=_("File"), widget=FileDrop(hint=FILES), error_messages=file_errors(FILES))
    section = forms.ChoiceField(label=_("Section"), widget=Chips)

    def __init__(self, *args, sections=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = _said(SECTION_LABELS, sections)
        self.initial.setdefault("section", Section.GENERAL.value)


class LeadForm(forms.Form):
    """Who leads the case from now on."""

    lead = forms.ChoiceField(label=_("New lead"))

    def __init__(self, *args, leads=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [("", "—"), *((str(pk), name) for pk, name in leads)]


class TeamForm(forms.Form):
    """A colleague for the team of the case."""

    colleague = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args, colleagues=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [("", "—"), *((str(pk), name) for pk, name in colleagues)]


class CloseForm(forms.Form):
    """Why a case ends, and what came of it."""

    reason = CodeField("case_closures", label=_("Why"), empty="—")
    outcome = CodeField("case_outcomes", label=_("What came of it"), chips=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = [pair for pair in code_choices("case_closures") if pair[0] != "erased"]
        self.fields["reason"].choices = [("", "—"), *known]


class CaseForm(forms.Form):
    """The day of the next look."""

    review_on = DayField(label=_("Look at it again on"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class NeedForm(forms.Form):
    """What she lacks."""

    code = CodeField("needs", label=_("What does she need?"))
    urgency = forms.ChoiceField(label=_("How soon"), widget=Chips, initial=Urgency.NORMAL.value)
    since = DayField(label=_("Since"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["urgency"].choices = _said(URGENCY_LABELS)


class MetForm(forms.Form):
    """How a need ended."""

    met = forms.ChoiceField(label=_("How was it met?"), widget=forms.Select)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["met"].choices = _said(MET_LABELS)
