"""Groups of a day centre, distribution lists, programmes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, QuantityField, code_choices
from duga.casework.rules import ProgrammeKind
from duga.ui.fields import DayField
from duga.ui.widgets import Chips, FileDrop, file_errors

KINDS = [
    (ProgrammeKind.GENERAL, _("General")),
    (ProgrammeKind.VIOLENCE, _("Violence (sealed)")),
    (ProgrammeKind.CHILD_PROTECTION, _("Child protection (sealed)")),
    (ProgrammeKind.HELPLINE, _("Helpline (sealed)")),
]


SCANS = _("A photograph or a PDF, at most 10 MB. Kept encrypted.")


class GroupForm(forms.Form):
    """A group that meets, and what a tick stands for."""

    name = forms.CharField(label=_("Name of the group"), max_length=120)
    service_type = CodeField("service_types", label=_("What it is"), initial="day_centre")
    unit = CodeField("units", label=_("What a tick counts as"), initial="day_centre_attendance")
    target_group = CodeField("target_groups", label=_("For whom"), initial="children")
    area = AreaField(label=_("Where"), max_length=120, required=False)

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country


class DayForm(forms.Form):
    """Which day is shown."""

    day = DayField(label=_("Day"))


class ListForm(forms.Form):
    """A distribution list: what each receives, and who stands on it."""

    FROM = [
        ("area", _("everyone of a municipality or town")),
        ("service", _("who received this service in the last six months")),
        ("group", _("a group")),
    ]
    title = forms.CharField(label=_("Title"), max_length=160)
    date = DayField(label=_("Day"))
    service_type = CodeField("service_types", label=_("What is handed out"), initial="parcel_distribution")
    unit = forms.ChoiceField(label=_("Counted in"))
    quantity = QuantityField(label=_("For each"), initial="1")
    place = forms.CharField(label=_("Village or venue"), max_length=120, required=False)
    who = forms.ChoiceField(label=_("Who stands on it"), choices=FROM, widget=Chips, initial="area")
    area = AreaField(label=_("Municipality or town"), max_length=120, required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)

    def __init__(self, *args, country="", groups=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country
        self.fields["unit"].choices = code_choices("units")
        self.initial.setdefault("unit", "parcel")
        self.fields["group"].choices = [("", "—"), *((str(group.pk), group.name) for group in groups)]

    def clean(self):
        """The chosen way needs its own field."""
        data = super().clean()
        if data.get("who") == "area" and not data.get("area") and "area" not in self.errors:
            self.add_error("area", _("Which municipality or town?"))
        if data.get("who") == "group" and not data.get("group"):
            self.add_error("group", _("Which group?"))
        return data


class ScanForm(forms.Form):
    """The signed list, photographed or scanned."""

    scan = forms.FileField(
        label=_("The signed list"),
        widget=FileDrop(hint=SCANS),
        error_messages=file_errors(SCANS),
    )


class ProgrammeForm(forms.Form):
    """A programme; some kinds are sealed whatever is asked."""

    name = forms.CharField(label=_("Name"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=Chips, initial=ProgrammeKind.GENERAL)
    sealed = forms.BooleanField(label=_("Sealed: only the workers named for it know who is in it"), required=False)


class WorkerForm(forms.Form):
    """Who is named for a sealed programme."""

    email = forms.EmailField(label=_("E-mail of a colleague"))
