"""Pages of data protection: what an organisation answers for."""

import json
from collections import Counter

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.accountability import (
    CopyForm,
    GlassForm,
    HoldForm,
    KeepForm,
    NoteForm,
    ReplyForm,
    RetentionForm,
    RightForm,
    VerdictForm,
    WhyReadForm,
)
from duga.casework.rules.accountability import (
    ERASED_LABELS,
    KEEP_MONTHS,
    READS,
    REPLY_LABELS,
    RIGHT_LABELS,
    UNUSUAL_LABELS,
    Reply,
    months_of,
)
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import Permission
from duga.places.queries import codes, label
from duga.ui.pages import id_of, staff, status, try_

FOLDER = "casework/accountability/"


def _house(request, slug, title="", permission=Permission.PROTECT_DATA):
    """The organisation whose data one protects, and what its pages have in common."""
    organisation = organisation_by_slug(request.viewer, slug, permission)
    protects = may(request.viewer, Permission.PROTECT_DATA, of=organisation)
    home = reverse("casework:protection", kwargs={"slug": slug}) if protects else ""
    crumbs = [(_("Data protection"), home if title else ""), *([(title, "")] if title else [])]
    return organisation, {"organisation": organisation, "crumbs": crumbs}


@staff
@require_safe
def protection(request, slug):
    """What waits for who protects the organisation's data."""
    organisation, context = _house(request, slug)
    log = queries.reads(request.viewer, organisation)
    found = queries.subject_requests(request.viewer, organisation)
    context |= {
        "reads": len(log.lines), "more": log.more, "unusual": sum(bool(line.unusual) for line in log.lines),
        "since": log.since,
        "questions": _questions(queries.questions(request.viewer, organisation)),
        "glass": [
            {"row": row, "form": VerdictForm(auto_id=f"id_{row.pk}_%s")}
            for row in queries.glass_to_review(request.viewer, organisation)
        ],
        "requests": [row for row in found if row.answer == Reply.OPEN],
        "breaches": [row for row in queries.breaches(request.viewer, organisation) if not row.closed_at],
        "me": request.viewer.account_id,
        "may_erase": may(request.viewer, Permission.ERASE_PEOPLE, of=organisation),
    }  # fmt: skip
    return render(request, f"{FOLDER}protection.html", context)


def _questions(rows):
    return [
        {"row": row, "what": _(READS[row.line.read.event]), "form": VerdictForm(auto_id=f"id_{row.pk}_%s")}
        for row in rows
    ]


@staff
@require_http_methods(["GET", "POST"])
def reads(request, slug):
    """The read log since it was last looked through: what deserves a look, then who read how much; one reader's all."""
    organisation, context = _house(request, slug, _("Who read what"))
    log = queries.reads(request.viewer, organisation)
    form = NoteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _review, done = try_(
            form, actions.review_reads, by=request.viewer, organisation_id=organisation.pk,
            up_to=request.POST.get("up_to") or 0, note=form.cleaned_data["note"],
        )  # fmt: skip
        if done:
            messages.success(request, _("Noted: the log was looked through up to here."))
            return redirect("casework:protection", slug=slug)
    who = request.GET.get("who", "")
    lines = [line for line in reversed(log.lines) if (str(line.read.reader) == who if who else line.unusual)]
    page = Paginator(lines, READS_A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page, "rows": [_read_row(line, log.asked) for line in page], "log": log, "form": form,
        "who": lines[0].reader if who and lines else "", "readers": _readers(log.lines),
        "up_to": log.lines[-1].read.number if log.lines else 0,
    }  # fmt: skip
    return render(request, f"{FOLDER}reads.html", context, status=status(form))


READS_A_PAGE = 50


def _read_row(line, asked=()):
    return {
        "line": line, "what": _(READS[line.read.event]), "why": [_(UNUSUAL_LABELS[why]) for why in line.unusual],
        "asked": line.read.number in asked,
    }  # fmt: skip


def _readers(lines) -> list[dict]:
    """Who read how much, most first."""
    counts = Counter((line.read.reader, line.reader) for line in lines)
    look = Counter(line.read.reader for line in lines if line.unusual)
    records = Counter(
        reader for reader, _person in {(line.read.reader, line.read.person) for line in lines if line.code}
    )
    return [
        {"id": reader, "name": name, "reads": count, "records": records[reader], "look": look[reader]}
        for (reader, name), count in counts.most_common()
    ]


@staff
@require_POST
def ask(request, slug):
    """Asks who made a read, why."""
    organisation, _context = _house(request, slug)
    number = request.POST.get("number", "")
    actions.ask_reader(
        by=request.viewer, organisation_id=organisation.pk, number=int(number) if number.isdecimal() else 0
    )
    messages.success(request, _("Asked. The answer will stand here."))
    return redirect("casework:reads", slug=slug)


@staff
@require_http_methods(["GET", "POST"])
def my_reads(request):
    """What one is asked about one's own reads."""
    form = WhyReadForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _question, done = try_(
            form, actions.answer_question, by=request.viewer, question_id=id_of(request.POST.get("question")),
            answer=form.cleaned_data["answer"],
        )  # fmt: skip
        if done:
            messages.success(request, _("Thank you. That is all."))
            return redirect("casework:my_reads")
    asked = queries.questions_to_me(request.viewer)
    mine = request.POST.get("question")
    rows = [
        {"row": row, "what": _(READS[row.line.read.event]),
         "form": form if str(row.pk) == mine else WhyReadForm(auto_id=f"id_{row.pk}_%s")}
        for row in asked
    ]  # fmt: skip
    context = {"asked": rows, "form": form, "crumbs": [(_("Why you read a record"), "")]}
    return render(request, f"{FOLDER}my_reads.html", context, status=status(form))


@staff
@require_POST
def judge(request, slug):
    """What is found of a read that was asked about, or of a broken glass."""
    _house(request, slug)
    form = VerdictForm(request.POST)
    if form.is_valid():
        which, chosen = request.POST.get("glass"), form.cleaned_data["verdict"]
        if which:
            action, about = actions.review_glass, {"glass_id": id_of(which), "note": form.cleaned_data["note"]}
        else:
            action, about = actions.judge_read, {"question_id": id_of(request.POST.get("question"))}
        _row, done = try_(form, action, by=request.viewer, verdict=chosen, **about)
        if done:
            messages.success(request, _("Saved."))
    for errors in form.errors.values():
        messages.error(request, errors[0])
    return redirect("casework:protection", slug=slug)


@staff
@require_http_methods(["GET", "POST"])
def glass(request, slug):
    """Breaks the glass of a sealed record in an emergency."""
    organisation, context = _house(request, slug, _("In an emergency"), Permission.FOLLOW_CASES)
    form = GlassForm(request.POST or None)
    if form.is_bound and form.is_valid():
        opened, done = try_(
            form, actions.break_glass, by=request.viewer, organisation_id=organisation.pk, **form.cleaned_data
        )
        if done:
            return redirect("casework:glass_open", glass_id=opened.pk)
    return render(request, f"{FOLDER}glass.html", context | {"form": form}, status=status(form))


@staff
@require_safe
def glass_open(request, glass_id):
    """The sealed record one broke the glass for, within its hour."""
    row, identity, special = actions.read_by_glass(by=request.viewer, glass_id=glass_id)
    context = {"glass": row, "identity": identity, "special": special, "crumbs": [(row.person.code, "")]}
    return render(request, f"{FOLDER}glass_open.html", context)


@staff
@require_http_methods(["GET", "POST"])
def keeping(request, slug):
    """For how long each service type keeps the people it helped."""
    organisation, context = _house(request, slug, _("How long data is kept"))
    form = RetentionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _rule, done = try_(
            form, actions.set_retention, by=request.viewer, organisation_id=organisation.pk, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:keeping", slug=slug)
    own = queries.months_by_service(organisation.pk)
    kinds = {row.code: row for row in codes("service_types")}
    rules = [
        {"what": label("service_types", kind, request.LANGUAGE_CODE) if kind else _("all others"),
         "months": months_of(own, kind), "own": kind in own}
        for kind in sorted({*own, *KEEP_MONTHS}, key=lambda kind: (kind == "", kind)) if not kind or kind in kinds
    ]  # fmt: skip
    context |= {"form": form, "rules": rules, "certificates": queries.certificates(request.viewer, organisation)}
    return render(request, f"{FOLDER}keeping.html", context, status=status(form))


@staff
@require_safe
def due(request, slug):
    """Whose time of keeping has passed: to erase, or to keep for a reason."""
    organisation, context = _house(request, slug, _("Whose time has come"), Permission.ERASE_PEOPLE)
    page = queries.due_for_review(
        request.viewer, organisation, today=timezone.localdate(), page=request.GET.get("page", 1)
    )
    return render(request, f"{FOLDER}due.html", context | {"page": page})


@staff
@require_http_methods(["GET", "POST"])
def keep(request, person_id):
    """Keeps somebody's data longer, or puts it under a hold."""
    person = queries.person(request.viewer, person_id)
    kind = request.POST.get("do", "")
    form = KeepForm(request.POST if kind == "keep" else None)
    hold = HoldForm(request.POST if kind == "hold" else None)
    done = False
    if kind == "keep" and form.is_valid():
        _row, done = try_(form, actions.keep_longer, by=request.viewer, person_id=person.pk, **form.cleaned_data)
    elif kind == "hold" and hold.is_valid():
        _row, done = try_(hold, actions.place_hold, by=request.viewer, person_id=person.pk, **hold.cleaned_data)
    elif kind == "end":
        actions.end_hold(by=request.viewer, hold_id=id_of(request.POST.get("hold")))
        done = True
    if done:
        messages.success(request, _("Saved."))
        return redirect("casework:keep", person_id=person_id)
    context = {
        "person": person, "form": form, "hold": hold, "holds": queries.holds_of(request.viewer, person_id),
        "crumbs": _of(person, _("Keeping her data")),
    }  # fmt: skip
    return render(request, f"{FOLDER}keep.html", context, status=status(form if form.is_bound else hold))


def _of(person, title):
    return [(person.code, reverse("casework:person", kwargs={"person_id": person.pk})), (title, "")]


@staff
@require_http_methods(["GET", "POST"])
def rights(request, person_id):
    """What a person asks about her own data, and a copy of it."""
    person = queries.person(request.viewer, person_id)
    form = RightForm(request.POST or None, initial={"received_on": timezone.localdate()})
    if form.is_bound and form.is_valid():
        _row, done = try_(form, actions.receive_request, by=request.viewer, person_id=person.pk, **form.cleaned_data)
        if done:
            messages.success(request, _("Noted: it is to be answered within 30 days."))
            return redirect("casework:rights", person_id=person_id)
    rows = [
        {"row": row, "asked": _(RIGHT_LABELS[row.asked]), "answer": _(REPLY_LABELS[row.answer]),
         "form": ReplyForm(auto_id=f"id_{row.pk}_%s") if row.answer == Reply.OPEN else None}
        for row in queries.requests_of(request.viewer, person_id)
    ]  # fmt: skip
    copying = may(request.viewer, Permission.CORRECT_RECORDS, of=person.organisation) or person.programme_id
    context = {
        "person": person, "form": form, "rows": rows, "crumbs": _of(person, _("Her rights")),
        "copy": CopyForm(languages=settings.LANGUAGES, initial={"language": "sr-latn"}) if copying else None,
    }  # fmt: skip
    return render(request, f"{FOLDER}rights.html", context, status=status(form))


@staff
@require_POST
def reply(request, request_id):
    """How a request about somebody's own data ended."""
    row = queries.subject_request(request.viewer, request_id)
    form = ReplyForm(request.POST)
    if form.is_valid():
        _row, done = try_(form, actions.answer_request, by=request.viewer, request_id=row.pk, **form.cleaned_data)
        if done:
            messages.success(request, _("Saved."))
    for errors in form.errors.values():
        messages.error(request, errors[0])
    return redirect("casework:rights", person_id=row.person_id)


@staff
@require_POST
def copy(request, person_id):
    """A copy of a person's data: looked through first, for what it tells of others; then made, to hand to her."""
    form = CopyForm(request.POST, languages=settings.LANGUAGES)
    if not form.is_valid():
        return redirect("casework:rights", person_id=person_id)
    person, chosen = queries.person(request.viewer, person_id), form.cleaned_data
    her = {"by": request.viewer, "person_id": person.pk, "language": chosen["language"], "alone": chosen["alone"]}
    ending = chosen["form"]
    if ending == "look":
        shown = actions.look_through_copy(**her)
        context = {
            "person": person, "form": form, "copy": shown, "endings": form.fields["form"].choices[1:],
            "crumbs": [*_of(person, _("Her rights"))[:1], (_("A copy of her data"), "")],
        }  # fmt: skip
        return render(request, f"{FOLDER}copy.html", context)
    made = actions.copy_of_person(**her, form=ending, leave_out=request.POST.getlist("leave_out"))
    if ending == "json":
        made = json.dumps(made, ensure_ascii=False, indent=1).encode()
    answer = HttpResponse(made, content_type={"json": "application/json", "pdf": "application/pdf"}[ending])
    answer["Content-Disposition"] = f'attachment; filename="{person.code}.{ending}"'
    return answer


@staff
@require_safe
def certificate(request, certificate_id):
    """What an erasure destroyed and what stays, to print and hand over."""
    row = queries.certificate(request.viewer, certificate_id)
    context = {
        name: [(_(ERASED_LABELS.get(what, what)), count) for what, count in getattr(row, name).items()]
        for name in ("destroyed", "kept")
    }
    context |= {"row": row, "organisation": row.organisation, "crumbs": [(_("Certificate of erasure"), "")]}
    return render(request, f"{FOLDER}certificate.html", context)
