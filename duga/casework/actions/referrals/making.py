"""The sender's part: a draft that shows what would leave, sending, revoking, what was left for later."""

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import IDENTITY, _check_code, _check_version, _new_codes
from duga.casework.actions.bases import disclose, open_guardians, take_consent
from duga.casework.actions.people import _door
from duga.casework.actions.referrals._help import (
    _close_copies,
    _locked,
    _note_trail,
    _open_senders,
    _say,
    _seal_receivers,
    _seal_senders,
    _write,
    receiver_of,
)
from duga.casework.actions.referrals.cases import _case_of, open_case_summary
from duga.casework.models.referrals import Referral, ReferralCopy, ReferralService
from duga.casework.queries import consent_categories, may_use
from duga.casework.queries import referrals as queries
from duga.casework.rules.referrals import (
    ANSWER_WITHIN,
    DISCLOSED_GROUPS,
    Priority,
    Ready,
    ReferralKind,
    ReferralState,
    SentTo,
    check_referral_step,
    check_sending,
    clean_content,
    for_receiver,
    language_of_country,
)
from duga.members.queries import accounts_with, fellows_of, organisation_by_id
from duga.members.rules import Permission
from duga.places.rules import code as code_of
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, Refused, gettext_noop
from duga.vault import sealing

_CHOICE = gettext_noop("Choose one of what is offered.")
_WHOM = gettext_noop("Say who is asked: a service, an organisation, a colleague, or an institution by its name.")
_NOBODY = gettext_noop("Nobody signs in at %(name)s. Send it as to an institution without an account.")
_NOT_NAMED = gettext_noop("This colleague is not named for the programme, so she may not see this person.")
_NOT_COLLEAGUE = gettext_noop("A colleague with an account in this organisation is asked, another than you.")
_ADULT = gettext_noop("This is for people under 18. Send it with its priority; for an adult the rules of consent hold.")
_OWN_REVIEW = gettext_noop("Someone else reviews this: a supervisor who did not decide it.")
_ARRIVED = gettext_noop("%(kind)s %(code)s has arrived. %(priority)s.")
_REVOKED = gettext_noop("%(kind)s %(code)s was revoked by who sent it.")
_REVIEW = gettext_noop("%(kind)s %(code)s went without consent. Read why, and review it.")
#: What may be given when a referral is made or changed, beside whom it goes to.
CONTENT = (
    "reason", "text", "categories", "contact", "alone", "informed", "sender", "override", "how",
)  # fmt: skip


@transaction.atomic
def make_referral(
    *, by, person_id, to, kind=ReferralKind.REFERRAL, priority=Priority.NORMAL, need="", services=(), agreed=False,
    child_protection=False, language="", follows_id=None, case_id=None, plan=False, guardian_id=None, **content,
) -> Referral:  # fmt: skip
    """A draft that nothing of has left: to be looked at as the receiver would see it, then sent.

    `to`: {"service": id} of the directory, {"organisation": id}, {"account": id} of a colleague, or {"name", "contact"}
    of an institution without an account. `content`: the words of CONTENT, as `rules.clean_content` takes them.
    `case_id`: the case it is made from, whose summary goes along with `plan`; `guardian_id`: who cares for a child.
    """
    person = _door(by, person_id, Permission.REFER)
    row = Referral(
        organisation_id=person.organisation_id, person=person, made_by_id=by.account_id, area_id=person.area_id,
        code=_new_codes(Referral, person.organisation_id, 1)[0], follows=_followed(by, person, follows_id),
        case=_case_of(by, person, case_id),
    )  # fmt: skip
    outside = _address(by, row, to)
    _fill(row, person, kind, priority, need, agreed, child_protection, language)
    content |= _beside(by, row, person, plan, guardian_id)
    row.content = _seal_senders(row, _content(row, person, content) | outside)
    row.save(force_insert=True)
    _ask_for(row, services)
    _note_trail(by, "referral.made", row)
    return row


def _followed(by, person, referral_id):
    """The rejected or revoked referral that this one takes up again."""
    if not referral_id:
        return None
    found = queries.of_sender(by, referral_id)
    if found.person_id != person.pk:
        raise NotFound(NOT_HERE)
    return found


def _beside(by, row, person, plan, guardian_id) -> dict:
    """{"plan", "caregiver"}: a case's summary where it is wanted; of a child, who cares for it, in words."""
    told = {"plan": open_case_summary(by=by, case_id=row.case_id) if plan and row.case_id else {}, "caregiver": ""}
    row.guardian = None
    if guardian_id and row.child_protection:
        open_ = open_guardians(by=by, person_id=person.pk)
        found = next((each for each in open_ if str(each.row.pk) == str(guardian_id)), None)
        if found is None:
            raise Refused(_CHOICE)
        row.guardian = found.row
        told["caregiver"] = ", ".join(found.details[name] for name in ("name", "relation") if found.details.get(name))
    return told


def _fill(row, person, kind, priority, need, agreed, child_protection, language):
    try:
        row.kind, row.priority = ReferralKind(kind), Priority(priority)
    except ValueError:
        raise Refused(_CHOICE) from None
    if row.sent_to == SentTo.COLLEAGUE:
        row.kind = ReferralKind.ASSIGNMENT
    elif row.kind is ReferralKind.ASSIGNMENT:
        raise Refused(_NOT_COLLEAGUE)
    row.need = _check_code("needs", need) if need else ""
    row.agreed, row.child_protection = bool(agreed), bool(child_protection)
    if row.child_protection and person.birth_year and timezone.localdate().year - person.birth_year > 18:
        raise Refused(_ADULT)
    row.language = (language or row.language or "en")[:12]


def _address(by, row, to: dict) -> dict:
    """Puts down who is asked; what names an institution outside is given back, to lie sealed."""
    if to.get("account"):
        return _to_colleague(by, row, to["account"])
    if to.get("service"):
        return _to_service(by, row, to["service"])
    if to.get("organisation"):
        house = organisation_by_id(by, row.organisation_id)
        asked = {str(each.pk): each for each in fellows_of(by, house)}.get(str(to["organisation"]))
        if asked is None:
            raise NotFound(NOT_HERE)
        if asked.pk not in queries.answers_here([asked.pk]):
            raise Refused(_NOBODY, name=asked.name)
        row.sent_to, row.to_organisation = SentTo.ORGANISATION, asked
        row.language = language_of_country(asked.country)
        return {}
    name = " ".join(str(to.get("name") or "").split())[:200]
    if not name:
        raise Refused(_WHOM)
    row.sent_to = SentTo.OUTSIDE
    return {"outside": {"name": name, "contact": " ".join(str(to.get("contact") or "").split())[:200]}}


def _to_service(by, row, service_id):
    """To a service of the directory: to its organisation where people sign in there, else to who runs it, outside."""
    service = queries.service_told(service_id).service
    provider = service.provider
    row.to_service, row.language = service, language_of_country(service.country)
    own = provider.organisation_id
    if own and own != row.organisation_id and own in queries.answers_here([own]):
        row.sent_to, row.to_organisation_id = SentTo.ORGANISATION, own
        return {}
    row.sent_to = SentTo.OUTSIDE
    return {"outside": {"name": provider.name, "contact": service.email or provider.email}}


def _to_colleague(by, row, account_id):
    colleagues = accounts_with(Permission.REFER, [row.organisation_id]).get(row.organisation_id, [])
    found = next((pk for pk in colleagues if str(pk) == str(account_id) and pk != by.account_id), None)
    if found is None:
        raise Refused(_NOT_COLLEAGUE)
    programme = row.person.programme
    if programme is not None and programme.sealed and found not in queries.named_workers(programme.pk):
        raise Refused(_NOT_NAMED)
    row.sent_to, row.to_account_id = SentTo.COLLEAGUE, found
    row.language = by.language
    return {}


def _content(row, person, values) -> dict:
    """What is told, taken from her record field by field as it was chosen."""
    told = {name: values.get(name) for name in (*CONTENT, "plan", "caregiver")}
    for category in told["categories"] or ():
        if code_of("data_categories", category).group not in DISCLOSED_GROUPS:
            raise Refused(_CHOICE)
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    area = person.area
    told |= {
        "who": person.code, "sex": person.sex if person.sex != "unknown" else "", "birth_year": person.birth_year,
        "area": area.name if area else "", "area_id": str(area.pk) if area else "",
    }  # fmt: skip
    return clean_content(told, identity=identity)


def _ask_for(row, services):
    row.services.all().delete()
    chosen = [_check_code("service_types", each) for each in dict.fromkeys(services)]
    ReferralService.objects.bulk_create([ReferralService(referral=row, service_type=each) for each in chosen])


@transaction.atomic
def change_referral(
    *, by, referral_id, version, kind, priority, need="", services=(), agreed=False, child_protection=False,
    language="", plan=False, guardian_id=None, **content,
) -> Referral:  # fmt: skip
    """Writes a draft anew; what was sent is never changed. Conflict when somebody else changed it since `version`."""
    row = _locked(queries.of_sender(by, referral_id))
    check_referral_step(row.state, ReferralState.IN_PROGRESS)
    _check_version(row, version)
    person = _door(by, row.person_id, Permission.REFER)
    kept = {name: value for name, value in _open_senders(row).items() if name == "outside"}
    _fill(row, person, kind, priority, need, agreed, child_protection, language)
    content |= _beside(by, row, person, plan, guardian_id)
    row.content = _seal_senders(row, _content(row, person, content) | kept)
    names = ("kind", "priority", "need", "agreed", "child_protection", "guardian", "language", "content")
    _write(row, by, **{name: getattr(row, name) for name in names})
    _ask_for(row, services)
    _note_trail(by, "referral.changed", row)
    return row


@transaction.atomic
def discard_referral(*, by, referral_id) -> None:
    """Throws a draft away."""
    row = _locked(queries.of_sender(by, referral_id))
    check_referral_step(row.state, ReferralState.IN_PROGRESS)
    _note_trail(by, "referral.discarded", row)
    Referral.objects.filter(follows=row).update(follows=None)
    row.delete()


def _basis(by, row, content, urgent) -> tuple[str, bool]:
    """(the basis in force towards this receiver or "", whether she agreed to exactly what is told).

    A tick that she agrees is kept as her consent, to this receiver and these kinds of data. One given before covers
    what it was given for, and no more.
    """
    receiver = receiver_of(row, content)
    use = may_use(by, row.person_id, "referral", receiver)
    if use.consent_id and use.allowed:
        covered = set(consent_categories(by, use.consent_id))
        if covered >= set(content["categories"]):
            return use.basis, True
    if row.agreed:
        told = {"recipient": receiver, "categories": content["categories"] or ["needs"], "how": content.get("how")}
        if told["how"] == "guardian":
            told |= {"guardianship_id": row.guardian_id, "with_assent": "yes"}
        try:
            with transaction.atomic():
                take_consent(by=by, person_id=row.person_id, purposes=["referral"], **told)
            return "consent", True
        except Refused:
            if not urgent:
                raise
    if use.allowed or use.withdrawn:
        return use.basis, False
    return queries.consent_stated(row.person_id), False


def _disclose(by, row, content):
    """What left for a child without consent is written down as a disclosure, which somebody else reviews."""
    try:
        with transaction.atomic():
            disclose(
                by=by, person_id=row.person_id, recipient=receiver_of(row, content), basis="vital_interests",
                categories=content["categories"] or ["needs"], reason=content["reason"],
            )  # fmt: skip
    except Refused:  # the referral goes all the same: its own review says so
        _note_trail(by, "referral.disclosure_missing", row)


@transaction.atomic
def send_referral(*, by, referral_id, version) -> Referral:
    """Sends a draft as it was looked at: from now an answer is owed. Refused where a step blocks (rules.check_sending).

    Urgent child protection goes whatever is missing; what is missing waits as steps, and a supervisor reviews it.
    """
    row = _locked(queries.of_sender(by, referral_id))
    check_referral_step(row.state, ReferralState.IN_PROGRESS)
    _check_version(row, version)
    person, content = _door(by, row.person_id, Permission.REFER), _open_senders(row)
    urgent = row.child_protection and row.priority != Priority.NORMAL
    basis, agreed = _basis(by, row, content, urgent) if row.kind != ReferralKind.ASSIGNMENT else ("", False)
    overridden = bool(content.get("override")) and basis != "consent"
    missing = check_sending(
        Ready(
            kind=ReferralKind(row.kind), priority=Priority(row.priority), basis=basis, agreed=agreed,
            programme_kind=person.programme.kind if person.programme else "", overridden=overridden,
            child_protection=row.child_protection, caregiver_informed=content["informed"], need=row.need,
            services=tuple(row.services.values_list("service_type", flat=True)),
        )
    )  # fmt: skip
    if content.get("plan") and not (basis == "consent" and agreed):
        content["plan"] = {}  # a case's summary goes with her consent only, whatever else the law allows to tell
        row.content = _seal_senders(row, content)
    passed_over = overridden or bool({"basis", "consent"} & set(missing))
    now = timezone.now()
    _write(
        row, by, state=ReferralState.IN_PROGRESS, sent_at=now, due_at=now + ANSWER_WITHIN[row.priority], basis=basis,
        agreed=agreed, missing=list(missing), overridden_by_id=by.account_id if passed_over else None,
        content=row.content,
    )  # fmt: skip
    if urgent and passed_over:
        _disclose(by, row, content)
    _deliver(row, person, content)
    _note_trail(by, "referral.sent", row, overridden=passed_over, missing=list(missing), basis=basis)
    _say(by, row, queries.Side.RECEIVER, _ARRIVED)
    if passed_over:
        _say(by, row, queries.Side.SENDER, _REVIEW, keepers=True)
    return row


def _deliver(row, person, content):
    """The receiver's own copy. What comes from a sealed programme lies in one there, or with those who approve."""
    if not row.to_organisation_id:
        return
    programme, sealed = person.programme, bool(person.programme and person.programme.sealed)
    copy = ReferralCopy(referral=row, organisation_id=row.to_organisation_id, confidential=sealed)
    copy.programme = queries.programme_for(row.to_organisation_id, programme.kind) if sealed else None
    copy.content = _seal_receivers(copy, for_receiver(content))
    copy.save(force_insert=True)


@transaction.atomic
def revoke_referral(*, by, referral_id) -> Referral:
    """Takes a referral back: the receiver sees nothing of it any more, here or by link."""
    row = _locked(queries.of_sender(by, referral_id))
    check_referral_step(row.state, ReferralState.REVOKED)
    _say(by, row, queries.Side.RECEIVER, _REVOKED)
    _write(row, by, state=ReferralState.REVOKED, ended_at=timezone.now())
    _close_copies(row)
    _note_trail(by, "referral.revoked", row)
    return row


@transaction.atomic
def finish_step(*, by, referral_id, step) -> Referral:
    """Says that a step which was left for later is done."""
    row = _locked(queries.of_sender(by, referral_id))
    if step in row.missing:
        _write(row, by, missing=[each for each in row.missing if each != step])
        _note_trail(by, "referral.step_done", row, step=step)
    return row


@transaction.atomic
def review_override(*, by, referral_id) -> Referral:
    """A supervisor's word that she read why something left without consent; never of her own decision."""
    row = _locked(queries.of_sender(by, referral_id))
    organisation_by_id(by, row.organisation_id, Permission.APPROVE_CASES)
    if row.overridden_by_id is None or row.overridden_by_id == by.account_id:
        raise NotAllowed(_OWN_REVIEW)
    _write(row, by, reviewed_by_id=by.account_id, reviewed_at=timezone.now())
    _note_trail(by, "referral.reviewed", row)
    return row
