"""Children: who looks after them, the guardian who may be the danger, what is decided in their best interests."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.casework.forms.bases import GUARDIANS, DecisionForm, FlagForm, GuardianForm
from duga.casework.rules import consent_age
from duga.casework.views.bases._help import page
from duga.members.queries import may, organisation_by_id
from duga.members.rules import Permission
from duga.ui.pages import id_of, staff, try_


@staff
@require_http_methods(["GET", "POST"])
def child(request, person_id):
    """A child's guardians and decisions. Whoever works with her adds a guardian and warns of one; what was warned of is
    shown to who follows her case, and to nobody else."""
    by, do = request.viewer, request.POST.get("do", "")
    person, age, asked = queries.child_of(by, person_id)
    organisation = organisation_by_id(by, person.organisation_id, Permission.ADD_PEOPLE)
    follows = queries.followed_by(by, person)
    guardian = GuardianForm(request.POST if do == "guardian" else None, prefix="guardian")
    flag = FlagForm(request.POST if do == "flag" else None, prefix="flag")
    plan = DecisionForm(request.POST if do == "decision" else None, prefix="decision") if follows else None
    forms = {"guardian": guardian, "flag": flag, "decision": plan}
    form = forms.get(do) or guardian
    if _done(request, form, do, person_id):
        messages.success(request, _("Saved."))
        return redirect("casework:child", person_id=person_id)
    today = timezone.localdate()
    opened = actions.open_guardians(by=by, person_id=person_id, all_=follows)
    return page(
        request, "child", person, _("Child"), form=form, guardian_form=guardian, flag_form=flag, plan_form=plan,
        age=age, asked=asked, ages=consent_age(organisation.country), follows=follows,
        guardians=[
            {"row": each.row, "kind": GUARDIANS.get(each.row.kind, ""), "details": each.details,
             "conflict": each.conflict, "ended": bool(each.row.until and each.row.until < today)} for each in opened
        ],
        decisions=queries.decisions_of(by, person_id) if follows else [],
        may_clear=may(by, Permission.APPROVE_CASES, of=organisation),
    )  # fmt: skip


def _done(request, form, do, person_id) -> bool:
    by = request.viewer
    if do in ("end", "clear"):
        act = {"end": actions.end_guardian, "clear": actions.clear_guardian}[do]
        act(by=by, guardianship_id=id_of(request.POST.get("of")))
        return True
    if not (form and form.is_bound and form.is_valid()):
        return False
    if do == "flag":
        of = id_of(request.POST.get("of"))
        return try_(form, actions.flag_guardian, by=by, guardianship_id=of, **form.cleaned_data)[1]
    act = {"guardian": actions.add_guardian, "decision": actions.propose_decision}[do]
    return try_(form, act, by=by, person_id=person_id, **form.cleaned_data)[1]


@staff
@require_http_methods(["GET", "POST"])
def decision(request, decision_id):
    """A decision, opened: approved by a second person, looked at again on its day."""
    by = request.viewer
    if request.method == "POST":
        act = actions.approve_decision if request.POST.get("do") == "approve" else actions.review_decision
        act(by=by, decision_id=decision_id)
        messages.success(request, _("Saved."))
        return redirect("casework:decision", decision_id=decision_id)
    row, content = actions.open_decision(by=by, decision_id=decision_id)
    organisation = organisation_by_id(by, row.organisation_id)
    approves = may(by, Permission.APPROVE_CASES, of=organisation) and row.proposed_by_id != by.account_id
    return page(
        request, "decision", row.person, _("Best interests"), row=row, content=content,
        back=[(_("Child"), reverse("casework:child", kwargs={"person_id": row.person_id}))],
        may_approve=row.decided_on is None and approves, due=bool(row.decided_on and row.reviewed_on is None),
    )  # fmt: skip
