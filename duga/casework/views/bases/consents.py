"""A person's bases and consents; asking her in three taps; one record with its paper; the form to print."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.bases import GUARDIANS, HOW, BasisForm, ConsentForm, ProofForm, language_choices
from duga.casework.rules import ADULT, Answer, Asked, consent_age, consent_sentence, law_of, openings, sentence_in
from duga.casework.views.bases._help import article_words, many, page, receiver_words, source_words, words
from duga.directory.queries import provider_by_id
from duga.members.queries import fellows_of, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.places import queries as places
from duga.plain.errors import NOT_HERE, NotFound
from duga.ui.pages import id_of, staff, try_

#: What a yes usually covers, ticked beforehand.
USUAL = {"referral": ["name", "contact_details", "needs"], "communication": ["story"]}


@staff
@require_http_methods(["GET", "POST"])
def bases(request, person_id):
    """Purpose by purpose: may her data be used, why, and what she answered; consent is taken back here in one tap."""
    person = queries.person(request.viewer, person_id)
    organisation = organisation_by_id(request.viewer, person.organisation_id, Permission.ADD_PEOPLE)
    by, ending, taking_back = request.viewer, request.POST.get("end"), request.POST.get("withdraw")
    stating = request.method == "POST" and not ending and not taking_back
    form = BasisForm(request.POST if stating else None, country=organisation.country)
    form.initial["given_on"] = timezone.localdate()
    done = False
    if ending:
        actions.end_basis(by=by, person_id=person_id, purpose=ending, ended_on=timezone.localdate())
        done = True
    elif taking_back:
        row = queries.consent(by, id_of(taking_back))
        if row.person_id != person.pk:
            raise NotFound(NOT_HERE)
        actions.withdraw_consent(by=by, consent_id=row.pk)
        done = True
    elif stating and form.is_valid():
        _row, done = try_(form, actions.state_basis, by=by, person_id=person_id, **form.cleaned_data)
    if done:
        messages.success(request, _("Saved. It holds from this moment.") if taking_back else _("Saved."))
        return redirect("casework:bases", person_id=person_id)
    return page(
        request, "person", person, _("Bases and consent"), form=form, back=None,
        purposes=_purposes(by, person, organisation), law=law_of(organisation.country), organisation=organisation,
    )  # fmt: skip


def _purposes(viewer, person, organisation) -> list[dict]:
    """One card a purpose: may it, why, what stands in law, what she answered."""
    answers, stated = queries.consents_of(viewer, person.pk), queries.bases_of(viewer, person.pk)
    uses = queries.uses_of(viewer, person.pk, [(purpose, None) for purpose in queries.BASES])
    cards = []
    for purpose, use in zip(queries.BASES, uses, strict=True):
        hers = [row for row in answers if row.purpose == purpose]
        open_ = openings(organisation.country, purpose)
        cards.append({
            "code": purpose, "label": words("purposes", purpose), "use": use, "why": said_of(use),
            "ask": any(row.basis == "consent" for row in open_),
            "answers": [answer_words(row) for row in hers],
            "stated": next((row for row in stated if row.purpose == purpose and row.ended_on is None), None),
            "each": purpose == "referral",
            "open": [
                {"basis": words("lawful_bases", row.basis), "condition": words("basis_conditions", row.condition),
                 "source": source_words(row)} for row in open_
            ],
        })  # fmt: skip
    return cards


def said_of(use) -> str:
    """Why a use is allowed or not, in the reader's language; bases in words."""
    params = {**use.params}
    if "basis" in params:
        params["basis"] = words("lawful_bases", params["basis"])
    return _(use.why) % params if params else _(use.why)


def answer_words(row, name: str = "") -> dict:
    """One answer as a line: what, to whom, when, how, and whether it stands."""
    ran_out = bool(row.expires_on and row.expires_on < timezone.localdate())
    given = row.answer == Answer.GIVEN
    return {
        "row": row, "given": given, "to": receiver_words(row, name), "how": HOW.get(row.how, ""),
        "what": many("data_categories", row.categories), "ran_out": ran_out,
        "stands": given and not row.withdrawn_at and not ran_out,
        "conflicted": bool(row.guardianship and row.guardianship.conflicted),
    }  # fmt: skip


# --- Asking her ---------------------------------------------------------------------------------------


def _asked(request, person, organisation):
    """(purpose, language, institution or None) of a page that was opened with them."""
    purpose = request.GET.get("purpose", "")
    known = [p for p in queries.BASES if any(o.basis == "consent" for o in openings(organisation.country, p))]
    if purpose not in known:
        raise NotFound(NOT_HERE)
    language = request.GET.get("language", "") or get_language() or "en"
    if language not in dict(language_choices(purpose)):
        language = "en"
    given = request.GET.get("institution")
    return purpose, language, provider_by_id(id_of(given)) if given else None


def _sentence(purpose, language, to):
    """What is read aloud: {sentence, rights, language, own, in_mine}; `to` may still be open."""
    mine = get_language() or "en"
    text, own = consent_sentence(purpose, language, receiver=to, fallback=mine)
    rights = sentence_in("rights", language) or sentence_in("rights", mine) or sentence_in("rights", "en")
    return {
        "text": text, "rights": rights, "language": language if own else mine, "own": own,
        "mine": consent_sentence(purpose, mine, receiver=to)[0], "mine_language": mine,
    }  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def ask(request, person_id):
    """The sentence to read aloud in her language, to whom, and her yes or no."""
    by = request.viewer
    person, age, answers = queries.child_of(by, person_id)
    organisation = organisation_by_id(by, person.organisation_id, Permission.ADD_PEOPLE)
    purpose, language, institution = _asked(request, person, organisation)
    child = answers in (Asked.ASSENT, Asked.GUARDIAN)
    form = ConsentForm(
        request.POST or None, fellows=fellows_of(by, organisation), institution=institution, child=child,
        asked=answers == Asked.ASSENT,
        guardians=actions.open_guardians(by=by, person_id=person_id) if child else (),
        initial={"categories": USUAL.get(purpose, []), "how": "spoken"},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        told = form.answer()
        if not form.errors:
            rows, done = try_(
                form, actions.take_consent, by=by, person_id=person_id, purposes=[purpose],
                language="sr" if language == "sr-latn" else language, given=request.POST.get("answer") == "yes", **told,
            )  # fmt: skip
            if done:
                messages.success(request, _("Kept: what she answered, and how."))
                return redirect("casework:consent", consent_id=rows[0].pk)
    return page(
        request, "ask", person, words("purposes", purpose), form=form, purpose=purpose, language=language,
        languages=language_choices(purpose), institution=institution,
        aloud=_sentence(purpose, language, institution.name if institution else ""),
        child=child, age=age, ages=consent_age(organisation.country),
    )  # fmt: skip


@staff
@require_safe
def paper(request, person_id):
    """The consent form to print, in her language and the worker's, in large print. It bears her case code alone."""
    by = request.viewer
    person, age, _asked_who = queries.child_of(by, person_id)
    organisation = organisation_by_id(by, person.organisation_id, Permission.ADD_PEOPLE)
    purpose, language, institution = _asked(request, person, organisation)
    child = age is not None and age < ADULT
    to = institution.name if institution else ""
    both = [language] if language == get_language() else [language, get_language() or "en"]
    own = [code for code in both if sentence_in(purpose, code)]
    sides = [
        {
            "language": code, "sentence": consent_sentence(purpose, code, receiver=to)[0],
            **{name: sentence_in(name, code) or sentence_in(name, "en") for name in
               ("rights", "yes", "no", "signature", "date")},
        }
        for code in (own or ["en"])
    ]  # fmt: skip
    return page(
        request, "paper", person, _("Form to sign"), organisation=organisation, sides=sides,
        missing=language if language not in own else "",
        guardian=child and bool(queries.guardians_for(by, person_id)), child=child,
    )  # fmt: skip


# --- One record ---------------------------------------------------------------------------------------


@staff
@require_http_methods(["GET", "POST"])
def consent(request, consent_id):
    """One answer: to whom, what, how, its paper; taken back in one tap."""
    by = request.viewer
    row, name, witness = actions.open_consent(by=by, consent_id=consent_id)
    organisation_by_id(by, row.organisation_id, Permission.ADD_PEOPLE)
    form = ProofForm(request.POST if request.FILES else None, request.FILES or None)
    if request.method == "POST" and request.POST.get("do") == "withdraw":
        actions.withdraw_consent(by=by, consent_id=consent_id)
        messages.success(request, _("Saved. It holds from this moment."))
        return redirect("casework:consent", consent_id=consent_id)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data["scan"].read()
        _kind, done = try_(form, actions.attach_proof, by=by, consent_id=consent_id, data=data)
        if done:
            messages.success(request, _("Attached. It lies encrypted under her own key."))
            return redirect("casework:consent", consent_id=consent_id)
    guardian = GUARDIANS.get(row.guardianship.kind, "") if row.guardianship_id else ""
    return page(
        request, "consent", row.person, words("purposes", row.purpose), form=form, answer=answer_words(row, name),
        witness=witness, guardian=guardian, language=words("languages", row.language),
    )  # fmt: skip


@staff
@require_safe
def proof(request, consent_id):
    """The signed paper, decrypted for this one download."""
    data, kind = actions.open_proof(by=request.viewer, consent_id=consent_id)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[kind]
    headers = {"Content-Disposition": f'attachment; filename="consent.{ending}"'}
    return HttpResponse(data, content_type=kind, headers=headers)


@staff
@require_POST
def record(request, consent_id):
    """The record in ISO/IEC TS 27560 terms, as JSON."""
    told = actions.export_consent(by=request.viewer, consent_id=consent_id)
    headers = {"Content-Disposition": 'attachment; filename="consent-27560.json"'}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1}, headers=headers)


# --- The law ------------------------------------------------------------------------------------------


@staff
@require_safe
def law(request, slug):
    """Which bases this organisation's country opens for which purpose, with conditions and sources."""
    organisation = organisation_by_slug(request.viewer, slug)
    found = law_of(organisation.country)
    rows = [
        {
            "purpose": words("purposes", code.code), "basis": words("lawful_bases", row.basis),
            "standing": row.standing, "condition": words("basis_conditions", row.condition),
            "source": article_words(row), "page": row.page,
        }
        for code in places.codes("purposes") for row in openings(organisation.country, code.code)
    ]  # fmt: skip
    context = {
        "organisation": organisation, "rows": rows, "law": words("laws", found.code) if found else "", "found": found,
        "special": words("basis_conditions", found.fields["special"]) if found else "",
        "abroad": words("basis_conditions", found.fields["abroad"]) if found else "",
        "ages": consent_age(organisation.country), "crumbs": [(organisation.name, ""), (_("Lawful bases"), "")],
    }  # fmt: skip
    return render(request, "casework/bases/law.html", context)
