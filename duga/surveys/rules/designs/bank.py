"""The bank of forms that everybody may start from: one Markdown file each, in duga/surveys/bank/."""

from dataclasses import dataclass

from duga.plain.errors import gettext_noop as _


@dataclass(frozen=True)
class Template:
    """A form of the bank: its file's name, what it is called, what it is for; `pair`: the form it belongs to."""

    name: str
    title: str
    about: str
    pair: str = ""


BANK = (
    Template(
        "youth",
        _("Needs, interests and skills of young people"),
        _("What a young person can, wants and needs: she begins, an adviser completes it with her."),
    ),
    Template(
        "dual_users",
        _("Two perspectives: who uses services"),
        _("How people see the services they use. Its questions stand, in other words, in the organisation's form too."),
        "dual_organisations",
    ),
    Template(
        "dual_organisations",
        _("Two perspectives: the organisation about itself"),
        _("How an organisation sees its own services, on the same scale as the people who use them."),
        "dual_users",
    ),
    Template(
        "rapid_needs",
        _("Rapid assessment of needs"),
        _("Ten minutes with a household after an emergency or on the route: who is there, what is most urgent."),
    ),
    Template("satisfaction", _("Satisfaction in one minute"), _("Four taps after a service, without a name.")),
    Template(
        "service_mapping",
        _("Mapping of services"),
        _("Which services a place has, for whom, when, with how many places; for the directory and for maps."),
    ),
    Template(
        "readiness",
        _("Readiness against a standard"),
        _("An organisation looks at one service, criterion by criterion: met, partly, not, and what shows it."),
    ),
)
