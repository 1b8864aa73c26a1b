"""One case: opened, read by sections, planned, noted, with files, team and end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.casework.forms.cases import (
    CaseForm,
    CloseForm,
    FileForm,
    GoalForm,
    LeadForm,
    NoteForm,
    OpenCaseForm,
    StepForm,
    TeamForm,
)
from duga.casework.forms.people import ReasonForm
from duga.casework.rules import (
    APPROVE_LABELS,
    CASE_LABELS,
    DECISION_LABELS,
    GOAL_LABELS,
    NOTE_LABELS,
    SECTION_LABELS,
    Section,
    needs_approval,
)
from duga.casework.views._help import said_after
from duga.casework.views.bases._help import guardians_of
from duga.casework.views.caseload import crumbs_of, subject_code
from duga.members.queries import account_names, accounts_with, may, organisation_by_id
from duga.members.rules import Permission
from duga.places import queries as places
from duga.ui.pages import id_of, staff, status, try_


@staff
@require_http_methods(["GET", "POST"])
def open_(request, person_id=None, household_id=None, party_id=None):
    """A new case about a person, a household or a party; the cases there are already stand first."""
    viewer = request.viewer
    about = {"person_id": person_id, "household_id": household_id, "party_id": party_id}
    about = {name: pk for name, pk in about.items() if pk}
    ((name, pk),) = about.items()
    row = {"person_id": queries.person, "household_id": queries.household, "party_id": queries.party}[name](viewer, pk)
    organisation = organisation_by_id(viewer, row.organisation_id, Permission.FOLLOW_CASES)
    programmes = queries.programmes(viewer, organisation)
    form = OpenCaseForm(request.POST or None, programmes=programmes, person=name == "person_id")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        case, done = try_(
            form, actions.open_case, by=viewer, programme_id=data["programme"] or None, basis=data.get("basis", ""),
            how=data.get("how", ""), review_on=data["review_on"], **about,
        )  # fmt: skip
        if done:
            messages.success(request, _("The case is open. Its code: %(code)s") % {"code": case.code})
            return redirect("casework:case_plan", case_id=case.pk)
    context = {
        "organisation": organisation, "about": row, "form": form,
        "cases": [(case, _(CASE_LABELS[case.state])) for case in queries.cases_about(viewer, **about)],
        "crumbs": crumbs_of(organisation, (row.code, ""), (_("New case"), "")),
    }  # fmt: skip
    return render(request, "casework/cases/open.html", context, status=status(form))


def _page(request, template, case, form, title, **more):
    organisation = organisation_by_id(request.viewer, case.organisation_id)
    here = [(case.code, reverse("casework:case", kwargs={"case_id": case.pk}))] if title != case.code else []
    context = {
        "organisation": organisation, "case": case, "about": subject_code(case), "form": form,
        "may_write": queries.may_write_in(request.viewer, case), "today": timezone.localdate(),
        "crumbs": crumbs_of(organisation, *here, (title, "")), **more,
    }  # fmt: skip
    return render(request, template, context, status=status(form) if form is not None else 200)


def _sections(viewer, case) -> list:
    seen = queries.sections_seen(viewer, case)
    return [section for section in Section if section in seen]


@staff
@require_http_methods(["GET", "POST"])
def case(request, case_id):
    """A case: where it stands, what is due, the notes of one section, what was asked. POST: a step done, on hold."""
    viewer = request.viewer
    if request.method == "POST":
        _do(request, case_id)
        return redirect(request.get_full_path())
    opened = actions.open_case_texts(by=viewer, case_id=case_id)
    found = opened.case
    sections = _sections(viewer, found)
    section = request.GET.get("section")
    section = Section(section) if section in sections else Section.GENERAL
    notes = actions.open_notes(by=viewer, case_id=case_id, section=section)
    language = get_language() or "en"
    organisation = organisation_by_id(viewer, found.organisation_id)
    return _page(
        request, "casework/cases/case.html", found, None, found.code,
        guardians=guardians_of(viewer, found.person_id) if found.person_id else {}, goals=_goals(found, opened.texts),
        state=_(CASE_LABELS[found.state]), steps=_open_steps(found, opened.texts),
        reason=places.label("case_closures", found.reason, language) if found.reason else "",
        outcome=places.label("case_outcomes", found.outcome, language) if found.outcome else "",
        tabs=[(_(SECTION_LABELS[each]), f"?section={each}", each == section) for each in sections],
        notes=[(note, _(NOTE_LABELS[note.kind]), text) for note, text in notes],
        files=[file for file in queries.attachments_of(viewer, found) if file.section == section],
        approvals=[
            {
                "row": row, "what": _(APPROVE_LABELS[row.what]), "word": opened.texts.get(row.pk, ""),
                "decision": _(DECISION_LABELS[row.decision]) if row.decision else "",
                "mine_to_decide": not row.decision and row.asked_by_id != viewer.account_id
                and may(viewer, Permission.APPROVE_CASES, of=organisation),
                "asked": [places.label(name, row.asked[key], language) for name, key in
                          (("case_closures", "reason"), ("case_outcomes", "outcome")) if row.asked.get(key)],
            }
            for row in queries.approvals_of(viewer, found)
        ],
        refers=may(viewer, Permission.REFER, of=organisation), case_id=str(found.pk),
        team=queries.team_of(viewer, found), draft=bool(actions.open_note_draft(by=viewer, case_id=case_id)),
    )  # fmt: skip


def _goals(case, texts) -> list:
    """(what it is to reach, where it stands) of every goal not given up."""
    rows = [row for row in queries.goals_of(case) if row.state != "dropped"]
    return [(texts[row.pk], _(GOAL_LABELS[row.state])) for row in rows]


def _open_steps(case, texts) -> list:
    rows = [row for row in queries.steps_of(case) if row.done_on is None and row.dropped_on is None]
    today = timezone.localdate()
    return [{"row": row, "text": texts[row.pk], "late": row.due is not None and row.due < today} for row in rows]


def _do(request, case_id):
    """What one tap does on the page of a case; a refusal is said on it."""
    told, here = request.POST, {"by": request.viewer, "case_id": case_id}
    if told.get("done") or told.get("dropped"):
        step = id_of(told.get("done") or told.get("dropped"))
        action, more = actions.end_step, {"step_id": step, "done": bool(told.get("done"))}
    elif told.get("goal"):
        action, more = actions.end_goal, {"goal_id": id_of(told["goal"]), "state": told.get("state")}
    elif told.get("ask") == "plan":
        action, more = actions.ask_approval, {"what": "plan"}
    else:
        action, more = actions.change_case, {"version": _number(told.get("version")), "state": told.get("state")}
    said_after(request, action, _("Saved."), **here, **more)


def _number(text) -> int:
    return int(text) if str(text or "").isdecimal() else 0


@staff
@require_http_methods(["GET", "POST"])
def plan(request, case_id):
    """The plan: goals, steps under them, and a new one of each."""
    viewer = request.viewer
    if {"done", "dropped", "state", "ask"} & request.POST.keys():
        _do(request, case_id)
        return redirect("casework:case_plan", case_id=case_id)
    opened = actions.open_case_texts(by=viewer, case_id=case_id)
    found = opened.case
    goals = queries.goals_of(found)
    open_goals = [(goal.pk, opened.texts[goal.pk]) for goal in goals if goal.state == "open"]
    told = {"colleagues": _colleagues(found, Permission.SEE_PEOPLE), "goals": open_goals}
    goal_form = GoalForm(request.POST if "goal" in request.POST and "step" not in request.POST else None)
    step_form = StepForm(request.POST if "step" in request.POST else None, **told)
    for form, done in ((goal_form, _add_goal), (step_form, _add_step)):
        if form.is_bound and form.is_valid() and done(viewer, case_id, form):
            return redirect("casework:case_plan", case_id=case_id)
    language = get_language() or "en"
    steps = queries.steps_of(found)
    shown = [
        {
            "goal": goal, "text": opened.texts[goal.pk], "state": _(GOAL_LABELS[goal.state]),
            "need": places.label("needs", goal.need, language) if goal.need else "",
            "steps": [(step, opened.texts[step.pk]) for step in steps if step.goal_id == goal.pk],
        }
        for goal in goals
    ]  # fmt: skip
    bound = step_form if step_form.is_bound else goal_form
    return _page(
        request, "casework/cases/plan.html", found, bound, _("Plan"), goals=shown, goal_form=goal_form,
        step_form=step_form, loose=[(step, opened.texts[step.pk]) for step in steps if step.goal_id is None],
    )  # fmt: skip


def _add_goal(viewer, case_id, form) -> bool:
    data = form.cleaned_data
    return try_(form, actions.add_goal, by=viewer, case_id=case_id, text=data["goal"], need=data["need"])[1]


def _add_step(viewer, case_id, form) -> bool:
    data = form.cleaned_data
    return try_(
        form, actions.add_step, by=viewer, case_id=case_id, text=data["step"], due=data["due"],
        who_id=data["who"] or None, goal_id=data.get("goal") or None,
    )[1]  # fmt: skip


def _colleagues(case, permission) -> list:
    """(id, name) of those in the organisation who may do this."""
    return account_names(accounts_with(permission, [case.organisation_id]).get(case.organisation_id, []))


@staff
@require_http_methods(["GET", "POST"])
def note(request, case_id):
    """Write a note; half-written, it is kept as a draft, by a button or at every pause."""
    viewer = request.viewer
    found = queries.case(viewer, case_id)
    if request.POST.get("autosave") or request.POST.get("later"):
        told = {name: request.POST.get(name, "") for name in ("text", "section", "kind")}
        actions.keep_note_draft(by=viewer, case_id=case_id, **told)
        if request.POST.get("autosave"):
            return HttpResponse(status=204)
        messages.success(request, _("Kept for later. Only you see it."))
        return redirect("casework:case", case_id=case_id)
    draft = actions.open_note_draft(by=viewer, case_id=case_id)
    initial = {"section": request.GET.get("section", "general"), **draft, "on": timezone.localdate()}
    form = NoteForm(request.POST or None, initial=initial, sections=_sections(viewer, found))
    if form.is_bound and form.is_valid():
        row, done = try_(form, actions.add_note, by=viewer, case_id=case_id, **form.cleaned_data)
        if done:
            messages.success(request, _("The note is filed."))
            return redirect(f"{reverse('casework:case', kwargs={'case_id': case_id})}?section={row.section}")
    return _page(request, "casework/cases/note.html", found, form, _("Note"), draft=bool(draft))


@staff
@require_http_methods(["GET", "POST"])
def files(request, case_id):
    """The files of a case, and a new one."""
    viewer = request.viewer
    found = queries.case(viewer, case_id)
    sections = _sections(viewer, found)
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*bound, sections=sections, initial={"section": request.GET.get("section", "general")})
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        _row, done = try_(
            form, actions.attach_file, by=viewer, case_id=case_id, name=upload.name, data=upload.read(),
            section=form.cleaned_data["section"],
        )  # fmt: skip
        if done:
            messages.success(request, _("The file is attached, encrypted."))
            return redirect("casework:case_files", case_id=case_id)
    shown = [(file, _(SECTION_LABELS[file.section])) for file in queries.attachments_of(viewer, found)]
    return _page(request, "casework/cases/files.html", found, form, _("Files"), files=shown)


@staff
@require_http_methods(["GET", "POST"])
def file(request, attachment_id):
    """A file, as a download, so that no browser runs what is in it; POST destroys it."""
    if request.method == "POST":
        case_id = queries.attachment(request.viewer, attachment_id).case_id
        actions.remove_file(by=request.viewer, attachment_id=attachment_id)
        messages.success(request, _("The file is destroyed."))
        return redirect("casework:case_files", case_id=case_id)
    name, media_type, data = actions.open_file(by=request.viewer, attachment_id=attachment_id)
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@staff
@require_http_methods(["GET", "POST"])
def team(request, case_id):
    """Who leads the case and who works in it."""
    viewer = request.viewer
    found = queries.case(viewer, case_id)
    if request.POST.get("leave"):
        actions.leave_case_team(by=viewer, case_id=case_id, account_id=id_of(request.POST["leave"]))
        return redirect("casework:caseload", slug=organisation_by_id(viewer, found.organisation_id).slug)
    lead_form = LeadForm(
        request.POST if "lead" in request.POST else None, leads=_colleagues(found, Permission.FOLLOW_CASES)
    )
    form = TeamForm(
        request.POST if "colleague" in request.POST else None, colleagues=_colleagues(found, Permission.SEE_PEOPLE)
    )
    done = False
    if lead_form.is_bound and lead_form.is_valid():
        lead = id_of(lead_form.cleaned_data["lead"])
        _case, done = try_(lead_form, actions.hand_over, by=viewer, case_id=case_id, lead_id=lead)
    elif form.is_bound and form.is_valid():
        account = id_of(form.cleaned_data["colleague"])
        _row, done = try_(form, actions.join_case_team, by=viewer, case_id=case_id, account_id=account)
    if done:
        messages.success(request, _("Saved."))
        return redirect("casework:case_team", case_id=case_id)
    bound = lead_form if lead_form.is_bound else form
    team = queries.team_of(viewer, found)
    return _page(
        request, "casework/cases/team.html", found, bound, _("Team"), team=team, lead_form=lead_form, team_form=form
    )


@staff
@require_http_methods(["GET", "POST"])
def close(request, case_id):
    """The next look, closing with reason and outcome (or asking a supervisor for it), and opening again."""
    viewer = request.viewer
    found = queries.case(viewer, case_id)
    programme = found.programme
    asks = needs_approval(programme.kind, programme.closing_approved) if programme else needs_approval()
    closed = found.state == "closed"
    form = ReasonForm(request.POST or None) if closed else CloseForm(request.POST if "reason" in request.POST else None)
    look = CaseForm(
        request.POST if "review_on" in request.POST else None,
        initial={"review_on": found.review_on, "version": found.version},
    )
    done, here = False, {"by": viewer, "case_id": case_id}
    if look.is_bound and look.is_valid():
        _case, done = try_(look, actions.change_case, **here, **look.cleaned_data)
    elif form.is_bound and form.is_valid() and closed:
        _case, done = try_(form, actions.reopen_case, **here, reason=form.cleaned_data["reason"])
    elif form.is_bound and form.is_valid():
        extra = {"what": "closure"} if asks else {}
        _case, done = try_(
            form, actions.ask_approval if asks else actions.close_case, **here, **extra, **form.cleaned_data
        )
    if done:
        messages.success(request, _("A supervisor is asked.") if asks and form.is_bound and not closed else _("Saved."))
        return redirect("casework:case", case_id=case_id)
    bound = look if look.is_bound else form
    return _page(
        request, "casework/cases/close.html", found, bound, _("Close"), close_form=form, look_form=look, asks=asks,
        closed=closed,
    )  # fmt: skip
