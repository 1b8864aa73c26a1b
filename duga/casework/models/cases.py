"""Needs and cases: the plan, notes and files of following one person, household or party over time.

What names somebody lies sealed under the key of whom the case is about: the person's own, the household head's, or,
where nobody is registered, the organisation's.
"""

from django.db import models
from django.db.models import F, Q

from duga.casework.rules import Approve, CaseState, Decision, GoalState, Met, NoteKind, Section
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


def _account(**more):
    return models.ForeignKey("members.Account", models.PROTECT, related_name="+", **more)


_WHO = {"null": True, "blank": True, "db_index": False}


def _one_of(values) -> list:
    return [each.value for each in values]


class Need(Record):
    """What a person lacks (code list `needs`), since when, how urgently, and how it was met in the end."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="needs")
    code = models.CharField(max_length=30)
    urgency = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    met = models.CharField(max_length=20, blank=True)
    recorded_by = _account(**_WHO)

    SENSITIVITY = {
        "organisation": S.INTERNAL, **dict.fromkeys(["person", "code", "urgency", "since", "until", "met"], S.COARSE),
        "recorded_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "code"], condition=Q(until=None), name="one_open_need"),
            models.CheckConstraint(
                condition=Q(until=None, met="") | Q(until__gte=F("since"), met__in=_one_of(Met)),
                name="ended_needs_say_how",
            ),
        ]


class Case(Record):
    """One case: about a person, a household or a travelling party; many services need none."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=12)
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="cases")
    household = models.ForeignKey("casework.Household", models.PROTECT, null=True, blank=True, related_name="cases")
    party = models.ForeignKey("casework.TravellingParty", models.PROTECT, null=True, blank=True, related_name="cases")
    lead = _account()
    state = models.CharField(max_length=10, default=CaseState.OPEN.value)
    opened_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=30, blank=True)  # code list case_closures
    outcome = models.CharField(max_length=30, blank=True)  # code list case_outcomes
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = _account(**_WHO)

    SENSITIVITY = {
        **dict.fromkeys(["organisation", "programme", "version", "changed_at"], S.INTERNAL),
        **dict.fromkeys(
            ["code", "person", "household", "party", "state", "opened_on", "review_on", "closed_on", "reason",
             "outcome"],
            S.COARSE,
        ),
        "lead": S.STAFF, "changed_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_case_per_code"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, household=None, party=None)
                | Q(person=None, household__isnull=False, party=None)
                | Q(person=None, household=None, party__isnull=False),
                name="case_about_one",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, review_on=None)
                & ~Q(reason="") & ~Q(outcome="")
                | Q(state__in=["open", "on_hold"], closed_on=None, reason="", outcome=""),
                name="closed_cases_say_why",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organisation", "state", "review_on"], name="case_review"),
            models.Index(fields=["organisation", "review_on", "id"], name="case_next_look"),
            models.Index(fields=["lead", "state"], name="case_lead"),
        ]


class CaseWorker(Record):
    """Someone of a case's team beside its lead, from one moment to another."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="workers")
    account = _account()
    until = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"case": S.INTERNAL, "account": S.STAFF, "until": S.INTERNAL}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "account"], condition=Q(until=None), name="once_in_a_case_team")
        ]


class CaseGoal(Record):
    """What a case is to reach, in words under seal, towards a need."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="goals")
    need = models.CharField(max_length=30, blank=True)  # code list needs
    text = SealedField()
    state = models.CharField(max_length=10, default=GoalState.OPEN.value)
    ended_on = models.DateField(null=True, blank=True)
    by = _account(**_WHO)

    SENSITIVITY = {
        "case": S.COARSE, "need": S.COARSE, "text": S.IDENTITY, "state": S.COARSE, "ended_on": S.COARSE, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | Q(state__in=["reached", "dropped"], ended_on__isnull=False),
                name="ended_goals_have_a_day",
            ),
            models.CheckConstraint(condition=Q(state__in=_one_of(GoalState)), name="known_goal_state"),
        ]


class CaseAction(Record):
    """One step of a plan: what (under seal), who does it, until when; done on a day, or given up."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="actions")
    goal = models.ForeignKey(CaseGoal, models.PROTECT, null=True, blank=True, related_name="actions")
    text = SealedField()
    who = _account(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    dropped_on = models.DateField(null=True, blank=True)
    by = _account(**_WHO)

    SENSITIVITY = {
        "case": S.COARSE, "goal": S.COARSE, "text": S.IDENTITY, "who": S.STAFF, "due": S.COARSE, "done_on": S.COARSE,
        "dropped_on": S.COARSE, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(done_on=None) | Q(dropped_on=None), name="done_or_given_up")]
        indexes = [
            models.Index(fields=["case", "due"], condition=Q(done_on=None, dropped_on=None), name="case_open_actions")
        ]


class CaseNote(Record):
    """A note of a case, under seal, in one section; a draft is its author's alone until she files it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    section = models.CharField(max_length=10, default=Section.GENERAL.value)
    kind = models.CharField(max_length=12, default=NoteKind.CONTACT.value)
    on = models.DateField()
    text = SealedField()
    author = _account(null=True, blank=True)
    draft = models.BooleanField(default=False)

    SENSITIVITY = {
        "case": S.COARSE, "section": S.COARSE, "kind": S.COARSE, "on": S.COARSE, "text": S.SPECIAL, "author": S.STAFF,
        "draft": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(section__in=_one_of(Section)), name="note_in_a_section"),
            models.UniqueConstraint(fields=["case", "author"], condition=Q(draft=True), name="one_draft_each"),
        ]
        indexes = [models.Index(fields=["case", "-on"], name="case_notes")]


class Attachment(Record):
    """A file of a case, encrypted on disk with a key of its own; that key and the file's name lie sealed in `told`."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    section = models.CharField(max_length=10, default=Section.GENERAL.value)
    told = SealedField()  # {"name": what it was called, "key": of the file}
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    by = _account(**_WHO)
    removed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "case": S.COARSE, "section": S.COARSE, "told": S.IDENTITY, "media_type": S.INTERNAL, "size": S.INTERNAL,
        "by": S.STAFF, "removed_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(section__in=_one_of(Section)), name="file_in_a_section")]


class Approval(Record):
    """A supervisor asked for her word, and what she said; never the one who asked."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="approvals")
    what = models.CharField(max_length=10)
    asked_by = _account()
    asked = models.JSONField(default=dict)  # of a closing: codes of reason and outcome
    decided_by = _account(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, blank=True)
    word = SealedField()

    SENSITIVITY = {
        "case": S.COARSE, "what": S.INTERNAL, "asked_by": S.STAFF, "asked": S.COARSE, "decided_by": S.STAFF,
        "decided_at": S.INTERNAL, "decision": S.INTERNAL, "word": S.IDENTITY,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(what__in=_one_of(Approve)), name="known_approval"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, decision="")
                | Q(decided_at__isnull=False, decision__in=_one_of(Decision))
                & ~Q(decided_by=F("asked_by")) & Q(decided_by__isnull=False),
                name="decided_by_another",
            ),
            models.UniqueConstraint(fields=["case", "what"], condition=Q(decided_at=None), name="asked_once"),
        ]  # fmt: skip


class Merge(Record):
    """Two records of one person made one: what moved, so that it can be undone."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    kept = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")
    gone = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)  # {"casework.Assistance.person": [ids]…}
    ended = models.JSONField(default=dict)  # what would have stood twice: {"casework.GroupMember.until": [ids]}
    before = SealedField()  # the kept record's facts and both index words, under its own key
    version = models.PositiveIntegerField()  # of the kept record after it
    by = _account(**_WHO)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = _account(**_WHO)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "kept": S.COARSE, "gone": S.COARSE, "moved": S.COARSE, "ended": S.COARSE,
        "before": S.SPECIAL, "version": S.INTERNAL, "by": S.STAFF, "undone_at": S.INTERNAL, "undone_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merged_with_another"),
        ]
