"""Referrals on screen: the board, whom to ask, the form, one referral with what can be done next, on paper."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import queries
from duga.casework.actions import open_guardians
from duga.casework.actions import referrals as actions
from duga.casework.forms.referrals import AskForm, EndForm, PlaceForm, ReferralForm, RejectForm, WhomForm
from duga.casework.queries import pathways as ways
from duga.casework.queries import referrals as found
from duga.casework.rules.referrals import Priority, ReferralState, SentTo, language_of_country
from duga.casework.views.pathway_drawing import way_drawn
from duga.casework.views.referral_words import board_rows, copies_on_paper, figures_table, referral_words, ways_shown
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound
from duga.ui.pages import id_of, staff, status, try_

YEAR = dt.timedelta(days=365)


def _crumbs(organisation, *more):
    board = reverse("casework:referrals", kwargs={"slug": organisation.slug})
    return [(organisation.name, ""), (_("Referrals"), board if more else ""), *more]


@staff
@require_safe
def board(request, slug):
    """What is asked here and what was sent, what waits first."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.REFER)
    now = timezone.now()
    context = {
        "organisation": organisation,
        "received": board_rows(found.received(viewer, organisation), found.Side.RECEIVER, now),
        "sent": board_rows(found.sent(viewer, organisation), found.Side.SENDER, now),
        "figures": may(viewer, Permission.SEE_RECORDS, of=organisation),
        "crumbs": _crumbs(organisation),
    }
    return render(request, "casework/referrals/board.html", context)


@staff
@require_safe
def figures(request, slug):
    """How what was sent in a year went, by pathway."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.SEE_RECORDS)
    measured = found.how_it_went(request.viewer, organisation, timezone.localdate() - YEAR)
    crumbs = _crumbs(organisation, (_("How it went"), ""))
    context = {"organisation": organisation, **figures_table(measured), "crumbs": crumbs}
    return render(request, "casework/referrals/figures.html", context)


@staff
@require_http_methods(["GET", "POST"])
def pathways(request, slug):
    """The ways from here for a need and an area. What is looked for comes by POST: it stands in no address."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.REFER)
    form, told = _looked_for(request, organisation)
    context = {"organisation": organisation, "form": form, **told, "crumbs": _crumbs(organisation, (_("Pathways"), ""))}
    return render(request, "casework/referrals/pathways.html", context, status=status(form))


def _looked_for(request, organisation):
    form = WhomForm(request.POST or None, country=organisation.country)
    if not (form.is_bound and form.is_valid()):
        return form, {}
    data, told = form.cleaned_data, {}
    if data["need"]:
        asked = {"need": data["need"], "area": data["area"], "language": get_language() or "en"}
        found_ways = ways.pathways(request.viewer, organisation, now=timezone.now(), **asked)
        priority = data["priority"] or Priority.NORMAL
        told["ways"] = ways_shown(found_ways)
        told["ways"]["drawing"] = way_drawn(found_ways, need=data["need"], area=data["area"], priority=priority)
        told["soon"] = "" if priority == Priority.NORMAL else f"&priority={priority}"
    told["houses"] = ways.houses_to_ask(request.viewer, organisation, data["name"])
    told["searched"] = True
    return form, told


@staff
@require_http_methods(["GET", "POST"])
def refer(request, person_id):
    """Whom to ask for a person: a service near, another organisation, an institution, a colleague."""
    viewer = request.viewer
    person = queries.person(viewer, person_id, Permission.REFER)
    organisation = organisation_by_id(viewer, person.organisation_id)
    form, told = _looked_for(request, organisation)
    case = _case(request, person)
    if person.area and not form.is_bound:
        form.initial["area"] = person.area
    context = {
        "organisation": organisation, "person": person, "form": form, **told, "case": case,
        "carry": _carried(request, case) + told.get("soon", ""),
        "earlier": board_rows(found.sent(viewer, organisation, person_id=person.pk), found.Side.SENDER, timezone.now()),
        "crumbs": [(person.code, reverse("casework:person", args=[person.pk])), (_("Refer"), "")],
    }  # fmt: skip
    return render(request, "casework/referrals/refer.html", context, status=status(form))


def _case(request, person):
    """The case it is made from, which the address names."""
    if not request.GET.get("case"):
        return None
    case = queries.case(request.viewer, id_of(request.GET["case"]))
    if case.person_id != person.pk:
        raise NotFound(NOT_HERE)
    return case


def _carried(request, case) -> str:
    """What goes on in the address from whom to ask to the form."""
    told = {"case": str(case.pk)} if case else {}
    told |= {"kind": "transfer"} if request.GET.get("kind") == "transfer" else {}
    return "".join(f"&{name}={value}" for name, value in told.items())


def _guardians(viewer, person):
    """[(id, words)] of who cares for a child and may be named; none who may be the danger."""
    if not queries.guardians_for(viewer, person.pk):
        return []
    opened = open_guardians(by=viewer, person_id=person.pk)
    return [(str(each.row.pk), each.details.get("name", "")) for each in opened]


def _to(request, viewer, organisation):
    """(whom the address names, in words, the form's options): a service, an organisation, a colleague, outside."""
    if request.GET.get("service"):
        told = found.service_told(id_of(request.GET["service"]))
        types = [term.code for term in told.terms.get("service_types", ())]
        needs = [term.code for term in told.terms.get("needs", ())]
        name = f"{told.service.name} ({told.service.provider.name})"
        initial = {"services": types, "need": needs[0] if len(needs) == 1 else ""}
        return {"service": told.service.pk}, name, {}, {**initial, "country": told.service.country}
    if request.GET.get("organisation"):
        asked = found.house_told(viewer, organisation, id_of(request.GET["organisation"]))
        return {"organisation": asked.pk}, asked.name, {}, {"country": asked.country}
    if request.GET.get("to") == "colleague":
        return {}, "", {"colleagues": ways.colleagues(viewer, organisation)}, {}
    return {}, "", {"outside": True}, {"country": organisation.country}


@staff
@require_http_methods(["GET", "POST"])
def refer_form(request, person_id):
    """What is asked and what is told: saved as a draft, looked at, then sent."""
    viewer = request.viewer
    person = queries.person(viewer, person_id, Permission.REFER)
    organisation = organisation_by_id(viewer, person.organisation_id)
    to, name, options, initial = _to(request, viewer, organisation)
    initial["language"] = language_of_country(initial.pop("country", ""))
    initial |= {"categories": ["name", "needs"], "sender": viewer.name}
    if request.GET.get("kind") == "transfer":
        initial["kind"] = "transfer"
    if request.GET.get("priority") in list(Priority):
        initial["priority"] = request.GET["priority"]
    case = _case(request, person)
    options |= {"guardians": _guardians(viewer, person), "case": case is not None}
    form = ReferralForm(request.POST or None, initial=initial, **options)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        to = to or {"account": data.get("account"), "name": data.get("name"), "contact": data.get("address")}
        about = {"person_id": person.pk, "case_id": case.pk if case else None}
        row, done = try_(form, actions.make_referral, by=viewer, to=to, **about, **form.told())
        if done:
            return redirect("casework:referral", referral_id=row.pk)
    crumbs = [(person.code, reverse("casework:person", args=[person.pk])),
              (_("Refer"), reverse("casework:refer", args=[person.pk])), (_("Form"), "")]  # fmt: skip
    return _form_page(request, form, person, name, crumbs)


def _form_page(request, form, person, name, crumbs):
    def rows(names):
        return [form[each] for each in names if each in form.fields]

    context = {
        "person": person, "form": form, "to": name, "first": rows(ReferralForm.FIRST),
        "child": rows(ReferralForm.CHILD), "more": rows(ReferralForm.MORE), "crumbs": crumbs,
    }  # fmt: skip
    return render(request, "casework/referrals/form.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def change(request, referral_id):
    """Changes a draft."""
    viewer = request.viewer
    opened = actions.open_referral(by=viewer, referral_id=referral_id)
    row = found.of_sender(viewer, referral_id)
    words = referral_words(opened)
    colleagues = ways.colleagues(viewer, row.organisation) if row.to_account_id else None
    services = [each.service_type for each in row.services.all()]
    initial = {**opened.content, "services": services, "account": str(row.to_account_id or "")}
    initial |= {"guardian_id": str(row.guardian_id or ""), "plan": bool(opened.content.get("plan"))}
    for name in ("kind", "priority", "need", "agreed", "child_protection", "language", "version"):
        initial[name] = getattr(row, name)
    offered = {"guardians": _guardians(viewer, row.person), "case": row.case_id is not None}
    form = ReferralForm(request.POST or None, initial=initial, colleagues=colleagues, **offered)
    form.fields.pop("account", None)
    if form.is_bound and form.is_valid():
        told = form.told() | {"kind": form.cleaned_data.get("kind", row.kind)}
        version = form.cleaned_data["version"] or row.version
        _row, done = try_(form, actions.change_referral, by=viewer, referral_id=row.pk, version=version, **told)
        if done:
            return redirect("casework:referral", referral_id=row.pk)
    crumbs = [(row.code, reverse("casework:referral", args=[row.pk])), (_("Change"), "")]
    return _form_page(request, form, row.person, words.to, crumbs)


# --- One referral -----------------------------------------------------------------------------------


@staff
@require_http_methods(["GET", "POST"])
def referral(request, referral_id):
    """One referral from the side of who looks: what is told, where it stands, and the one thing to do next."""
    viewer = request.viewer
    forms = {"reject": RejectForm(), "end": EndForm(), "ask": AskForm()}
    given = None
    if request.method == "POST":
        do, given = request.POST.get("do", ""), None
        if do in forms:
            forms[do] = type(forms[do])(request.POST)
        answer, done = _act(request, do, referral_id, forms.get(do))
        if done and do == "discard":
            return redirect("casework:refer", person_id=answer)
        if done and do == "register":
            messages.success(
                request, _("She is registered here under %(code)s. Next: her own consent.") % {"code": answer.code}
            )
            return redirect("casework:bases", person_id=answer.pk)
        if done and do == "link":
            given = answer
        elif done:
            messages.success(request, _("Saved."))
            return redirect("casework:referral", referral_id=referral_id)
    opened = actions.open_referral(by=viewer, referral_id=referral_id)
    context = _shown(viewer, opened) | {"forms": forms, "given": given, "address": _address_of(request, given)}
    problem = next((form for form in forms.values() if form.is_bound and form.errors), None)
    return render(request, "casework/referrals/referral.html", context, status=422 if problem else 200)


def _address_of(request, given):
    return request.build_absolute_uri(given.path) if given else ""


def _shown(viewer, opened):
    row, side = opened.row, opened.side
    organisation = row.organisation if side is found.Side.SENDER else row.to_organisation or row.organisation
    supervises = may(viewer, Permission.APPROVE_CASES, of=row.organisation)
    placing = side is found.Side.RECEIVER and found.waits_for_programme(row)
    return {
        "row": row, "side": str(side), "words": referral_words(opened), "opened": opened, "organisation": organisation,
        "guest": found.guest_of(row) if side is found.Side.SENDER else None,
        "waiting": side is found.Side.SENDER and bool(opened.said) and opened.said[-1].from_receiver,
        "reviews": supervises and row.overridden_by_id not in (None, viewer.account_id) and not row.reviewed_at,
        "place": PlaceForm(programmes=_sealed_of(viewer, organisation)) if placing else None,
        "crumbs": _crumbs(organisation, (row.code, "")),
    }  # fmt: skip


def _sealed_of(viewer, organisation):
    return [each for each in queries.programmes(viewer, organisation) if each.sealed]


def _act(request, do, referral_id, form):
    """Does what a button said: (what the action gave, whether it was done). What a rule refuses is told."""
    viewer, post = request.viewer, request.POST
    here = {"by": viewer, "referral_id": referral_id}
    if form is not None and not form.is_valid():
        return None, False
    told = form.cleaned_data if form is not None else {}
    steps = {
        "send": lambda: actions.send_referral(**here, version=int(post.get("version") or 0)),
        "discard": lambda: _discard(viewer, referral_id), "revoke": lambda: actions.revoke_referral(**here),
        "accept": lambda: actions.accept_referral(**here), "reject": lambda: _reject(here, told, post),
        "begin": lambda: actions.begin_service(**here),
        "ask": lambda: actions.ask_about_referral(**here, **told, mail=bool(post.get("mail"))),
        "done": lambda: actions.close_referral(**here, successful=True, given=post.getlist("given")),
        "end": lambda: _end(here, told, post), "register": lambda: actions.register_from_referral(**here),
        "link": lambda: actions.make_guest_link(**here, mail=bool(post.get("mail"))),
        "unlink": lambda: actions.close_guest_link(**here), "review": lambda: actions.review_override(**here),
        "step": lambda: actions.finish_step(**here, step=post.get("step", "")),
        "place": lambda: actions.place_referral(**here, programme_id=id_of(post.get("programme", ""))),
        "told": lambda: actions.note_answer(**here, answer=post.get("answer", "")),
    }  # fmt: skip
    action = steps.get(do)
    if action is None:
        return None, False
    return try_(_Telling(request, form), lambda: action())


class _Telling:
    """Where there is no form to hand a refusal back in, it is told at the head of the page."""

    def __init__(self, request, form):
        self._request, self._form = request, form

    def add_error(self, field, text):
        """Into the form, or onto the page."""
        if self._form is not None:
            self._form.add_error(field, text)
        else:
            messages.error(self._request, text)


def _discard(viewer, referral_id):
    person_id = found.of_sender(viewer, referral_id).person_id
    actions.discard_referral(by=viewer, referral_id=referral_id)
    return person_id


def _reject(here, told, post):
    if post.get("told"):
        return actions.note_answer(**here, answer="rejected", reason=told["reason"])
    return actions.reject_referral(**here, **told)


def _end(here, told, post):
    if post.get("told"):
        return actions.note_answer(**here, answer="not_done", outcome=told["outcome"])
    return actions.close_referral(**here, successful=False, **told)


@staff
@require_safe
def paper(request, referral_id):
    """The form in two languages, in three copies: for who sends, for her, for who receives. No more than was told."""
    opened = actions.open_referral(by=request.viewer, referral_id=referral_id)
    row = opened.row
    organisation = row.organisation if opened.side is found.Side.SENDER else row.to_organisation or row.organisation
    crumbs = _crumbs(organisation, (row.code, reverse("casework:referral", args=[row.pk])), (_("On paper"), ""))
    context = {
        "row": row, "copies": copies_on_paper(opened, get_language() or "en"), "crumbs": crumbs,
        "draft": row.state == ReferralState.DRAFT, "outside": row.sent_to == SentTo.OUTSIDE,
    }  # fmt: skip
    return render(request, "casework/referrals/paper.html", context)
