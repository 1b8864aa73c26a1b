"""What is typed on the way to a licence: steps, verdicts, tasks, papers."""

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.directory.rules.licences import LICENCE_LABELS, LICENCE_WAYS, VERDICT_LABELS, LicenceState
from duga.places.rules.codes import pick
from duga.ui.fields import DayField
from duga.ui.widgets import Chips, FileDrop, file_errors

PAPERS = gettext_lazy("PDF, JPEG or PNG, up to 10 MB")
#: Where a service may stand when its way is first told here.
BEGINNINGS = (LicenceState.STARTED, LicenceState.APPLIED, LicenceState.LICENSED, LicenceState.LIMITED)


def named(names: dict) -> str:
    """What people read for {language: name} in their language."""
    return pick(names, get_language() or "en")


class DecisionForm(forms.Form):
    """What a decision says."""

    on = DayField(label=gettext_lazy("Day"), required=False, help_text=gettext_lazy("Empty: today."))
    until = DayField(
        label=gettext_lazy("Last day of the licence"), required=False,
        help_text=gettext_lazy("Of a licence only; empty where the law says for how long."),
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=80, required=False)


class StartForm(DecisionForm):
    """A service's way, begun: the kind of licence and where it stands."""

    service = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of licence"))
    state = forms.ChoiceField(label=gettext_lazy("Where it stands"), widget=Chips)
    field_order = ["service", "kind", "state", "on", "until", "number"]

    def __init__(self, *args, kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(str(kind.pk), named(kind.names)) for kind in kinds]
        self.fields["state"].choices = [(state.value, _(LICENCE_LABELS[state])) for state in BEGINNINGS]
        self.fields["state"].initial = LicenceState.STARTED.value


class StepForm(DecisionForm):
    """The next step; what runs out is the clock's to say."""

    state = forms.ChoiceField(label=gettext_lazy("What happened"), widget=Chips)
    why = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed when it was refused, suspended or withdrawn."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["state", "on", "until", "number", "why", "version"]

    def __init__(self, *args, state, grants, **kwargs):
        super().__init__(*args, **kwargs)
        never = {LicenceState.EXPIRED} | ({LicenceState.LIMITED} - set(grants))
        ways = [each for each in LICENCE_WAYS[LicenceState(state)] if each not in never]
        self.fields["state"].choices = [(each.value, _(LICENCE_LABELS[each])) for each in ways]


class ChecklistForm(forms.Form):
    """A verdict and a note for each criterion."""

    on = DayField(label=gettext_lazy("Assessed on"), required=False, help_text=gettext_lazy("Empty: today."))

    def __init__(self, checked, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.checked = checked
        words = [(verdict.value, _(label)) for verdict, label in VERDICT_LABELS.items()]
        for row in checked:
            key = row.criterion.pk.hex
            label = named(row.criterion.names)
            self.fields[f"v_{key}"] = forms.ChoiceField(
                label=label, choices=words, widget=Chips, initial=row.finding.verdict.value
            )
            self.fields[f"n_{key}"] = forms.CharField(
                label=_("Note"), required=False, max_length=2000, initial=row.assessment.note if row.assessment else "",
            )  # fmt: skip

    def rows(self):
        """(criterion with what was found of it, field of the verdict, field of the note)."""
        return [(row, self[f"v_{row.criterion.pk.hex}"], self[f"n_{row.criterion.pk.hex}"]) for row in self.checked]

    def verdicts(self) -> dict:
        """{criterion id: (verdict, note)} as `actions.assess` takes it."""
        told = self.cleaned_data
        return {
            str(row.criterion.pk): (told[f"v_{row.criterion.pk.hex}"], told[f"n_{row.criterion.pk.hex}"])
            for row in self.checked
        }


def _criteria(checked):
    return [("", _("no single criterion")), *((str(row.criterion.pk), named(row.criterion.names)) for row in checked)]


class TaskForm(forms.Form):
    """Something to be done by a day."""

    what = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    due_on = DayField(label=gettext_lazy("Until"))
    criterion = forms.ChoiceField(label=gettext_lazy("For which criterion"), required=False)

    def __init__(self, *args, checked=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = _criteria(checked)


class TasksForm(forms.Form):
    """A task for everything that is missing, by one day."""

    all_due_on = DayField(label=gettext_lazy("Until"))


class PaperForm(forms.Form):
    """A document, scanned."""

    title = forms.CharField(
        label=gettext_lazy("What it is"), max_length=200, help_text=gettext_lazy("Without anybody's name.")
    )
    criterion = forms.ChoiceField(label=gettext_lazy("For which criterion"), required=False)
    file = forms.FileField(
        label=gettext_lazy("File"), widget=FileDrop(hint=PAPERS), error_messages=file_errors(PAPERS)
    )  # fmt: skip

    def __init__(self, *args, checked=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = _criteria(checked)


class MentorForm(forms.Form):
    """The member organisation that helps."""

    mentor = forms.ChoiceField(label=gettext_lazy("Mentor"), required=False)

    def __init__(self, *args, organisations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mentor"].choices = [("", _("nobody")), *((str(each.pk), each.name) for each in organisations)]
