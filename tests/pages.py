"""Who gets in where: one line per address. `tests/test_pages.py` opens each as every persona.

Every named URL pattern must stand here, or the build fails. `who` names the personas of `tests/conftest.py` who get in:
EVERYONE (also visitors), SIGNED_IN, or names. Everyone else is sent to sign in (visitors), told that it is not there
(404: not theirs to see) or that their role does not allow it (403).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

EVERYONE = "everyone"
SIGNED_IN = "signed in"

WORKERS = "worker operator manager supervisor coordinator"
FOLLOWERS = "manager supervisor coordinator"  #: who follows cases
ORGANISATION = f"{WORKERS} officer national secretariat reviewer observer"  #: who may see that `niksic` is there
#: Who works in an organisation or for a network.
NETWORKED = f"{ORGANISATION} other_worker other_coordinator"


@dataclass(frozen=True)
class Page:
    """An address: who gets in, with which arguments (from the world), by which method."""

    who: str
    args: Callable = field(default=lambda world: {})
    method: str = "get"
    data: dict | Callable = field(default_factory=dict)


def of_me(world):
    """Pages of the national network that `national` looks after."""
    return {"slug": world.me.slug}


def worker_of_niksic(world):
    """The page of one person who works in the organisation."""
    return {"slug": world.niksic.slug, "account_id": world.accounts["worker"].pk}


def of_niksic(world):
    """Pages of the organisation that most of the cast works in."""
    return {"slug": world.niksic.slug}


def version_of_niksic(world):
    """A published form of the organisation."""
    return {"version_id": world.form_version.pk}


def draft_of_niksic(world):
    """The draft of a form."""
    return {"version_id": world.form_draft.pk}


def form_to_fill(world):
    """A form that its workers fill in in the browser."""
    return {"slug": world.niksic.slug, "form_id": world.asked.form.slug}


def link_of_niksic(world):
    """A link by which anybody fills it in."""
    return {"token": world.link_token}


def person_of_niksic(world):
    """A person the organisation helps."""
    return {"person_id": world.person.pk}


def consent_of_niksic(world):
    """What she answered when she was asked, with the signed paper."""
    return {"consent_id": world.consent.pk}


def feedback_of_niksic(world):
    """What somebody wrote about it: a sensitive complaint."""
    return {"feedback_id": world.feedback.pk}


def volunteer_of_niksic(world):
    """A volunteer of the organisation."""
    return {"volunteer_id": world.volunteer.pk}


def entry_of_niksic(world):
    """An entry of its ledger, recorded by `worker`."""
    return {"assistance_id": world.entry.pk}


def provider_of_niksic(world):
    """The organisation's entry in the directory."""
    return {"provider_id": world.provider.pk}


def service_of_niksic(world):
    """A service it offers."""
    return {"service_id": world.service.pk}


def licence_of_niksic(world):
    """A service's way to a licence."""
    return {"licence_id": world.licence.pk}


def request_of_niksic(world):
    """A request for help that waits to be assessed."""
    return {"request_id": world.request.pk}


def answers_of_niksic(world):
    """The answers that came in with one of its forms."""
    return {"slug": world.niksic.slug, "form_id": world.survey_form.pk}


def answer_of_niksic(world):
    """One of them."""
    return {"submission_id": world.survey_answers.pk}


def phone_of_niksic(world):
    """The addresses of a phone that collects for the organisation: its token stands in them."""
    return {"slug": world.niksic.slug, "token": world.survey_phone.token}


#: Addresses of libraries whose own tests cover them; each with the reason it is not opened here.
NOT_OPENED: dict[str, str] = {
    "web:styleguide": "in a demo only (tests/web/test_styleguide.py)",
    "mfa_authenticate": "in the middle of signing in only (tests/members/signin/)",
    "mfa_deactivate_totp": "needs a second factor (tests/members/signin/)",
    "mfa_view_recovery_codes": "needs a second factor (tests/members/signin/)",
    "mfa_generate_recovery_codes": "needs a second factor (allauth's own tests)",
    "mfa_download_recovery_codes": "needs a second factor (allauth's own tests)",
    **dict.fromkeys(
        [f"surveys:collect_{name}" for name in ("list", "form", "manifest", "file", "submission")],
        "phones sign in by digest (tests/surveys/test_openrosa.py)",
    ),
    **dict.fromkeys(
        ["surveys:fill_send", "surveys:link_send"], "takes what its page has packed (tests/surveys/test_filling.py)"
    ),
    **dict.fromkeys(
        ["surveys:odata", "surveys:odata_set", "surveys:export_key"],
        "programs show a key (tests/surveys/test_exports.py)",
    ),
}

PAGES: dict[str, Page] = {
    # web
    "web:home": Page(EVERYONE),
    "web:about": Page(EVERYONE),
    "web:health": Page(EVERYONE),
    "web:workspace": Page(SIGNED_IN),
    # surveys: forms
    "surveys:forms": Page(WORKERS, of_niksic),
    "surveys:owners": Page("coordinator other_coordinator national secretariat"),
    "surveys:network_forms": Page("national secretariat", of_me),
    "surveys:form_new": Page("coordinator", of_niksic),
    "surveys:form_start": Page("coordinator", lambda world: of_niksic(world) | {"template": "satisfaction"}),
    "surveys:network_form_new": Page("national secretariat", of_me),
    "surveys:network_form_start": Page(
        "national secretariat", lambda world: of_me(world) | {"template": "satisfaction"}
    ),
    "surveys:form": Page(WORKERS, lambda world: {"form_id": world.form_version.form_id}),
    "surveys:version": Page(WORKERS, version_of_niksic),
    "surveys:reading": Page(WORKERS, version_of_niksic),
    "surveys:paper": Page(WORKERS, version_of_niksic),
    "surveys:form_download": Page(WORKERS, lambda world: version_of_niksic(world) | {"kind": "xlsx"}),
    "surveys:form_file": Page(WORKERS, lambda world: version_of_niksic(world) | {"name": "list.csv"}),
    "surveys:links": Page(FOLLOWERS, lambda world: of_niksic(world) | {"form_id": world.asked.form_id}),
    "surveys:round_links": Page(FOLLOWERS, lambda world: of_niksic(world) | {"round_id": world.asking.pk}),
    "surveys:rounds": Page(FOLLOWERS, of_niksic),
    "surveys:round_new": Page("coordinator", of_niksic),
    "surveys:network_rounds": Page("national secretariat", of_me),
    "surveys:network_round_new": Page("national secretariat", of_me),
    "surveys:round": Page(FOLLOWERS, lambda world: {"round_id": world.asking.pk}),
    "surveys:round_change": Page("coordinator", lambda world: {"round_id": world.asking.pk}),
    "surveys:form_files": Page("coordinator", draft_of_niksic),
    "surveys:personal": Page("coordinator", draft_of_niksic),
    "surveys:words": Page("coordinator", draft_of_niksic),
    # places
    "places:overview": Page("secretariat"),
    "places:country": Page("secretariat", lambda world: {"code": "RS"}),
    "places:load": Page("secretariat"),
    "places:population": Page("secretariat"),
    "places:mapping": Page("secretariat", lambda world: {"upload_id": world.area_file}),
    # directory: the finder
    "directory:finder": Page(EVERYONE),
    "directory:printed": Page(EVERYONE),
    "directory:map": Page(EVERYONE),
    "directory:service": Page(EVERYONE, lambda world: {"service_id": world.service.pk}),
    "directory:saved": Page(EVERYONE, lambda world: {"service_id": world.service.pk}),
    "directory:report": Page(EVERYONE, lambda world: {"service_id": world.service.pk}),
    "directory:recording": Page(EVERYONE, lambda world: {"recording_id": world.recording.pk}),
    "directory:guide": Page(EVERYONE, lambda world: {"guide_id": world.guide.pk}),
    "directory:guides": Page("coordinator national secretariat", provider_of_niksic),
    "directory:guide_edit": Page(
        "coordinator national secretariat", lambda world: provider_of_niksic(world) | {"guide_id": world.guide.pk}
    ),
    "directory:saved_lists": Page(SIGNED_IN),
    "directory:saved_list": Page("worker", lambda world: {"list_id": world.saved_list.pk}),
    # directory: other directories, brought in
    "directory:bring": Page("national secretariat"),
    "directory:bring_check": Page("national", lambda world: {"key": world.staged_directory}),
    "directory:bring_discard": Page("national", lambda world: {"key": world.staged_directory}, method="post"),
    "directory:sources": Page("national secretariat"),
    "directory:source": Page("national secretariat", lambda world: {"source_id": world.directory_source.pk}),
    "directory:source_loose": Page("national secretariat", lambda world: {"source_id": world.directory_source.pk}),
    # directory: data for others
    "directory:data": Page(EVERYONE),
    "directory:download": Page(EVERYONE, lambda world: {"kind": "csv"}),
    "directory:card": Page(EVERYONE, lambda world: {"service_id": world.service.pk}),
    # directory: HSDS
    "directory:hsds": Page(EVERYONE),
    "directory:hsds_openapi": Page(EVERYONE),
    "directory:hsds_profile": Page(EVERYONE),
    "directory:hsds_entries": Page(EVERYONE, lambda world: {"name": "services"}),
    "directory:hsds_entry": Page(EVERYONE, lambda world: {"name": "services", "key": world.service.pk}),
    # directory: by link, and who keeps services
    "directory:confirm": Page(EVERYONE, lambda world: {"token": world.confirm_token}),
    "directory:correct": Page(
        EVERYONE, lambda world: {"token": world.confirm_token, "service_id": world.service.pk}
    ),
    "directory:services": Page(WORKERS, of_niksic),
    "directory:providers": Page("coordinator other_coordinator national secretariat"),
    "directory:provider": Page("coordinator national secretariat", provider_of_niksic),
    "directory:add": Page("coordinator national secretariat", provider_of_niksic),
    "directory:offer": Page(f"{WORKERS} national secretariat", service_of_niksic),
    "directory:edit": Page(NETWORKED, service_of_niksic),
    "directory:more": Page(NETWORKED, service_of_niksic),
    "directory:times": Page(NETWORKED, service_of_niksic),
    "directory:where": Page(NETWORKED, service_of_niksic),
    "directory:programmes": Page("coordinator national secretariat", provider_of_niksic),
    "directory:texts": Page("coordinator national secretariat", service_of_niksic),
    "directory:spoken": Page("national secretariat"),
    "directory:kept_recording": Page(
        f"{WORKERS} national secretariat", lambda world: {"recording_id": world.recording.pk}
    ),
    "directory:place_add": Page("coordinator", service_of_niksic),
    "directory:place": Page("operator manager supervisor coordinator", lambda world: {"place_id": world.place.pk}),
    "directory:proposals": Page(SIGNED_IN),
    "directory:inbox": Page("coordinator other_coordinator national secretariat"),
    "directory:duplicates": Page("coordinator other_coordinator national secretariat"),
    "directory:pair": Page(
        "coordinator national secretariat", lambda world: {"duplicate_id": world.duplicate.pk}
    ),
    "directory:letters": Page("coordinator other_coordinator national secretariat"),
    "directory:campaigns": Page("national secretariat"),
    "directory:campaign": Page("national secretariat", lambda world: {"campaign_id": world.campaign.pk}),
    # directory: licences
    "directory:licences": Page("coordinator national secretariat", of_niksic),
    "directory:licence_picture": Page("national secretariat reviewer observer"),
    "directory:licence": Page("coordinator national secretariat", licence_of_niksic),
    "directory:licence_checklist": Page("coordinator national secretariat", licence_of_niksic),
    "directory:licence_application": Page("coordinator", licence_of_niksic, method="post"),
    "directory:licence_document": Page("coordinator", lambda world: {"document_id": world.paper.pk}),
    # directory: funds
    "directory:funds": Page(NETWORKED),
    "directory:funds_new": Page("national secretariat"),
    "directory:funds_table": Page("national secretariat", lambda world: {"table_id": world.funds.pk}),
    "directory:funds_remove": Page("national", lambda world: {"table_id": world.funds.pk}, method="post"),
    # members: the ways in
    **{name: Page(EVERYONE) for name in (
        "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key_done",
    )},
    "account_reset_password_from_key": Page(EVERYONE, lambda world: {"uidb36": "1", "key": "worn-out"}),
    **{name: Page(SIGNED_IN) for name in (
        "account_reauthenticate", "account_change_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
        "usersessions_list",
    )},
    "invitation": Page(EVERYONE, lambda world: {"token": world.invitation_token}),
    "recovery": Page(EVERYONE, lambda world: {"token": world.recovery_token}),
    # members: one's own desk
    "account": Page(SIGNED_IN),
    "notices": Page(SIGNED_IN),
    "administration": Page("administrator"),
    "organisations": Page(SIGNED_IN),
    # members: organisations and networks
    "organisation": Page(ORGANISATION, of_niksic),
    "organisation_change": Page("coordinator national secretariat", of_niksic),
    "organisation_join": Page("coordinator", of_niksic, method="post", data={"network": "rs"}),
    "organisation_team": Page("coordinator", of_niksic),
    "organisation_person": Page("coordinator", worker_of_niksic),
    "organisation_invitations": Page("coordinator", of_niksic),
    "organisation_trail": Page("coordinator officer secretariat", of_niksic),
    "invitation_link": Page("coordinator", lambda world: {"invitation_id": world.invitation.pk}),
    "network": Page("national secretariat reviewer observer", of_me),
    "network_standing": Page("national secretariat", lambda world: {"slug": "me", "organisation": "niksic"}),
    "network_team": Page("national secretariat", of_me),
    "network_person": Page(
        "national secretariat", lambda world: {"slug": "me", "account_id": world.accounts["national"].pk}
    ),
    "network_invitations": Page("national secretariat", of_me),
    "network_trail": Page("secretariat", of_me),
    "organisation_new": Page("national secretariat", of_me),
    # surveys: filling in, signed in, as a try, and by a link, whose token lets in
    "surveys:fill": Page(SIGNED_IN),
    "surveys:fill_worker": Page(EVERYONE),
    "surveys:fill_manifest": Page(EVERYONE),
    "surveys:fill_form": Page(WORKERS, form_to_fill),
    "surveys:fill_xform": Page(WORKERS, form_to_fill),
    "surveys:fill_file": Page(WORKERS, lambda world: form_to_fill(world) | {"name": "towns.csv"}),
    "surveys:trial": Page(WORKERS, lambda world: {"version_id": world.asked.pk}),
    "surveys:trial_xform": Page(WORKERS, lambda world: {"version_id": world.asked.pk}),
    "surveys:trial_file": Page(WORKERS, lambda world: {"version_id": world.asked.pk, "name": "towns.csv"}),
    **{f"surveys:link{more}": Page(EVERYONE, link_of_niksic) for more in ("", "_plain", "_xform")},
    "surveys:link_file": Page(EVERYONE, lambda world: link_of_niksic(world) | {"name": "towns.csv"}),
    # surveys: answers
    "surveys:answered": Page(FOLLOWERS, of_niksic),
    "surveys:answers": Page(FOLLOWERS, answers_of_niksic),
    "surveys:answers_export": Page(FOLLOWERS, answers_of_niksic, method="post", data={"kind": "csv"}),
    "surveys:answer": Page(FOLLOWERS, answer_of_niksic),
    "surveys:answer_file": Page(
        FOLLOWERS, lambda world: answer_of_niksic(world) | {"file_id": world.survey_answers.files.get().pk}
    ),
    "surveys:phones": Page(WORKERS, of_niksic),
    "surveys:keys": Page(f"{FOLLOWERS} other_coordinator"),
    # surveys: phones, which sign in by the token in the address
    "surveys:key_list": Page(EVERYONE, phone_of_niksic),
    "surveys:key_submission": Page(EVERYONE, phone_of_niksic, method="head"),
    **{
        f"surveys:key_{name}": Page(EVERYONE, lambda world: phone_of_niksic(world) | {"form_id": "needs"})
        for name in ("form", "manifest")
    },
    "surveys:key_file": Page(
        EVERYONE, lambda world: phone_of_niksic(world) | {"form_id": "needs", "name": world.survey_file.name}
    ),
    # casework: requests
    "casework:requests": Page(WORKERS, of_niksic),
    "casework:request_new": Page(WORKERS, of_niksic),
    "casework:request_same": Page(WORKERS, of_niksic, method="post"),
    "casework:request_keep": Page(WORKERS, of_niksic, method="post"),
    "casework:request_drop": Page(
        "worker", lambda world: of_niksic(world) | {"draft_id": world.draft.pk}, method="post"
    ),
    "casework:request_calls": Page(WORKERS, of_niksic),
    "casework:request_day": Page(WORKERS, of_niksic),
    "casework:work": Page(WORKERS, of_niksic),
    "casework:visits": Page("manager supervisor coordinator", of_niksic),
    "casework:escalation": Page("manager supervisor coordinator", of_niksic),
    "casework:request": Page(WORKERS, request_of_niksic),
    "casework:request_assess": Page(WORKERS, request_of_niksic),
    "casework:request_assign": Page("manager supervisor coordinator", request_of_niksic),
    "casework:request_join": Page(WORKERS, request_of_niksic),
    "casework:request_do": Page(WORKERS, lambda world: request_of_niksic(world) | {"step": "hold"}, method="post"),
    "casework:assignment": Page(
        "worker manager supervisor coordinator", lambda world: {"assignment_id": world.errand.pk}
    ),
    "casework:visit": Page("manager supervisor coordinator", lambda world: {"visit_id": world.visit.pk}),
    # casework: the field worker
    **{f"casework:{name}": Page(WORKERS, of_niksic) for name in (
        "find", "add", "record_tally", "record_institution", "groups", "lists",
    )},
    **{f"casework:{name}": Page(WORKERS, person_of_niksic) for name in ("person", "edit", "record", "household")},
    "casework:record_household": Page(WORKERS, lambda world: {"household_id": world.household.pk}),
    "casework:household_change": Page(WORKERS, lambda world: {"household_id": world.household.pk}),
    # casework: lawful basis, consent, children, disclosures
    **{f"casework:{name}": Page(WORKERS, person_of_niksic) for name in ("bases", "child", "disclosures")},
    "casework:consent_ask": Page(WORKERS, person_of_niksic, data={"purpose": "communication"}),
    "casework:consent_paper": Page(WORKERS, person_of_niksic, data={"purpose": "communication", "language": "ar"}),
    "casework:consent": Page(WORKERS, consent_of_niksic),
    "casework:consent_proof": Page(WORKERS, consent_of_niksic),
    "casework:consent_record": Page(WORKERS, consent_of_niksic, method="post"),
    "casework:decision": Page("manager supervisor coordinator", lambda world: {"decision_id": world.decision.pk}),
    "casework:disclosure": Page("manager supervisor coordinator", lambda world: {"disclosure_id": world.disclosure.pk}),
    "casework:second_look": Page("manager supervisor coordinator", of_niksic),
    "casework:bases_law": Page(ORGANISATION, of_niksic),
    "casework:counting": Page(WORKERS, person_of_niksic),
    "casework:seal": Page(WORKERS, person_of_niksic),
    "casework:special": Page("manager supervisor coordinator", person_of_niksic),
    "casework:erase": Page("coordinator", person_of_niksic),
    "casework:group_close": Page(WORKERS, lambda world: {"group_id": world.group.pk}, method="post"),
    "casework:note": Page("worker manager supervisor coordinator", entry_of_niksic),
    "casework:group": Page(WORKERS, lambda world: {"group_id": world.group.pk}),
    "casework:group_members": Page(WORKERS, lambda world: {"group_id": world.group.pk}),
    "casework:list": Page(WORKERS, lambda world: {"list_id": world.list.pk}),
    "casework:list_attach": Page(WORKERS, lambda world: {"list_id": world.list.pk}, method="post"),
    "casework:list_scan": Page(WORKERS, lambda world: {"list_id": world.list.pk}),
    "casework:recorded": Page("worker manager supervisor coordinator", entry_of_niksic),
    "casework:undo": Page("worker manager supervisor coordinator", entry_of_niksic, method="post"),
    # casework: what an organisation answers for
    **{f"casework:{name}": Page("officer coordinator", of_niksic) for name in (
        "protection", "reads", "keeping", "asked", "register",
    )},
    "casework:reads_ask": Page("officer coordinator", of_niksic, method="post", data=lambda world: world.a_read),
    "casework:judge": Page("officer coordinator", of_niksic, method="post"),
    "casework:due": Page("coordinator", of_niksic),
    "casework:glass": Page("manager supervisor coordinator", of_niksic),
    "casework:glass_open": Page("manager", lambda world: {"glass_id": world.glass.pk}),
    "casework:my_reads": Page(SIGNED_IN),
    **{f"casework:{name}": Page(WORKERS, person_of_niksic) for name in ("keep", "rights")},
    "casework:person_copy": Page(
        "manager supervisor coordinator", person_of_niksic, method="post", data={"language": "en", "form": "json"}
    ),
    "casework:subject_reply": Page(WORKERS, lambda world: {"request_id": world.subject_request.pk}, method="post"),
    "casework:certificate": Page(f"{WORKERS} officer", lambda world: {"certificate_id": world.certificate.pk}),
    "casework:breaches": Page(f"{WORKERS} officer", of_niksic),
    "casework:breach": Page("officer coordinator", lambda world: {"breach_id": world.breach.pk}),
    "casework:breach_close": Page("officer coordinator", lambda world: {"breach_id": world.breach.pk}, method="post"),
    # casework: a shift without a connection
    **{f"casework:{name}": Page(EVERYONE) for name in ("shift", "shift_worker", "shift_manifest", "shift_hello")},
    **{f"casework:{name}": Page(EVERYONE, method="post") for name in (
        "shift_device", "shift_take", "shift_records", "shift_directory", "shift_contact",
    )},
    "casework:shift_phones": Page(WORKERS, of_niksic),
    # casework: feedback
    "casework:feedback_page": Page(EVERYONE, of_niksic),
    "casework:feedback_answer": Page(EVERYONE),
    "casework:feedback": Page(f"{FOLLOWERS} officer", of_niksic),
    **{f"casework:{name}": Page(WORKERS, of_niksic) for name in ("feedback_paper", "feedback_form")},
    "casework:feedback_cooperation": Page("coordinator", of_niksic),
    "casework:feedback_one": Page("supervisor coordinator officer", feedback_of_niksic),
    "casework:feedback_step": Page(
        "supervisor coordinator officer", feedback_of_niksic, method="post", data={"do": "looked_into"}
    ),
    # casework: referrals
    **{f"casework:{name}": Page(WORKERS, of_niksic) for name in ("referrals", "pathways")},
    "casework:referral_figures": Page("manager supervisor coordinator", of_niksic),
    **{f"casework:{name}": Page(WORKERS, person_of_niksic) for name in ("refer", "refer_form")},
    "casework:referral": Page(
        f"{WORKERS} other_worker other_coordinator", lambda world: {"referral_id": world.referral.pk}
    ),
    "casework:referral_paper": Page(
        f"{WORKERS} other_worker other_coordinator", lambda world: {"referral_id": world.referral.pk}
    ),
    "casework:referral_change": Page(WORKERS, lambda world: {"referral_id": world.draft_referral.pk}),
    "casework:referral_guest": Page(EVERYONE, lambda world: {"token": world.referral_token}),
    # casework: households, parties, needs
    "casework:household_members": Page(WORKERS, lambda world: {"household_id": world.household.pk}),
    "casework:parties": Page(WORKERS, of_niksic),
    "casework:party": Page(WORKERS, lambda world: {"party_id": world.party.pk}),
    "casework:timeline": Page(WORKERS, person_of_niksic),
    "casework:needs": Page(WORKERS, person_of_niksic),
    "casework:merge": Page(FOLLOWERS, person_of_niksic),
    "casework:merge_pair": Page(FOLLOWERS, lambda world: {"person_id": world.person.pk, "other_id": world.twin.pk}),
    "casework:merge_undo": Page(FOLLOWERS, lambda world: {"merge_id": world.merge.pk}, method="post"),
    # casework: cases
    "casework:caseload": Page(WORKERS, of_niksic),
    "casework:approvals": Page("supervisor coordinator", of_niksic),
    "casework:approval_decide": Page(
        "supervisor coordinator", lambda world: {"approval_id": world.approval.pk}, method="post",
        data={"decision": "approved"},
    ),
    "casework:case_person": Page(FOLLOWERS, person_of_niksic),
    "casework:case_household": Page(FOLLOWERS, lambda world: {"household_id": world.household.pk}),
    "casework:case_party": Page(FOLLOWERS, lambda world: {"party_id": world.party.pk}),
    **{f"casework:{name}": Page(FOLLOWERS, lambda world: {"case_id": world.case.pk}) for name in (
        "case", "case_plan", "case_note", "case_files", "case_team", "case_close",
    )},
    "casework:case_file": Page("manager supervisor coordinator", lambda world: {"attachment_id": world.case_file.pk}),
    # casework: volunteers and stock
    **{f"casework:{name}": Page("manager supervisor coordinator", of_niksic) for name in (
        "volunteers", "volunteer_add", "stocktake",
    )},
    "casework:volunteer": Page("manager supervisor coordinator", volunteer_of_niksic),
    "casework:volunteer_change": Page("manager supervisor coordinator", volunteer_of_niksic),
    "casework:volunteer_card": Page("manager supervisor coordinator", volunteer_of_niksic, method="post"),
    "casework:stock": Page(WORKERS, of_niksic),
    "casework:stock_item": Page(WORKERS, lambda world: {"item_id": world.stock_item.pk}),
    # casework: a volunteer's own phone: whoever has none is asked for a card
    **{f"casework:{name}": Page(EVERYONE) for name in ("phone", "phone_in")},
    "casework:phone_card": Page(EVERYONE, lambda world: {"code": "4721-0983-5512"}),
    "casework:phone_tick": Page(EVERYONE, lambda world: {"assignment_id": world.volunteer.pk}, method="post"),
    **{f"casework:{name}": Page(EVERYONE) for name in ("phone_day", "phone_worker", "phone_manifest")},
    **{f"casework:{name}": Page(EVERYONE, method="post") for name in ("phone_hours", "phone_lock", "phone_contact")},
    # casework: on duty
    "casework:duty": Page("operator supervisor coordinator", of_niksic),
    "casework:duty_begin": Page("operator", lambda world: {"line_id": world.line.pk}, method="post"),
    "casework:duty_supervision": Page("supervisor", of_niksic),
    "casework:duty_lines": Page("coordinator", of_niksic),
    "casework:duty_line": Page("coordinator", lambda world: {"line_id": world.line.pk}),
    "casework:duty_months": Page("supervisor coordinator", of_niksic),
    "casework:duty_month": Page("supervisor", lambda world: {"request_id": world.month.pk}),
    "casework:duty_month_file": Page("supervisor", lambda world: {"request_id": world.month.pk}),
    "casework:duty_call": Page("operator supervisor", lambda world: {"call_id": world.call.pk}),
    "casework:duty_done": Page(
        "operator supervisor", lambda world: {"assessment_id": world.assessment.pk}, method="post",
        data={"code": "again"},
    ),
    "casework:duty_leave": Page(EVERYONE, method="post"),
    # casework: the ledger
    "casework:ledger": Page("manager supervisor coordinator", of_niksic),
    "casework:export": Page("coordinator", of_niksic, method="post"),
    "casework:entry": Page("manager supervisor coordinator", entry_of_niksic),
    "casework:correct": Page("manager supervisor coordinator", entry_of_niksic),
    "casework:withdraw": Page(
        "worker manager supervisor coordinator", entry_of_niksic, method="post", data={"reason": "twice"}
    ),
    "casework:programmes": Page("coordinator", of_niksic),
    # casework: import
    "casework:import": Page("coordinator", of_niksic),
    "casework:import_columns": Page("coordinator", lambda world: {"staged_id": world.staged.pk}),
    "casework:import_check": Page("coordinator", lambda world: {"staged_id": world.staged.pk}),
    "casework:import_begin": Page("coordinator", lambda world: {"staged_id": world.staged.pk}, method="post"),
    "casework:import_rejects": Page("coordinator", lambda world: {"staged_id": world.staged_bad.pk}),
    "casework:import_discard": Page("coordinator", lambda world: {"staged_id": world.staged.pk}, method="post"),
    "casework:import_undo": Page("coordinator", lambda world: {"batch_id": world.batch_id}, method="post"),
    # indicators
    "check_figures": Page("coordinator other_coordinator national secretariat reviewer"),
    "network_figures": Page(NETWORKED),  # who only reads is led to shared tables
    "draft_new": Page("national secretariat"),
    "snapshot_new": Page("national secretariat", method="post"),
    "counting": Page("national secretariat", lambda world: {"counting_id": world.counting.pk}),
    "drafts": Page("national secretariat reviewer", lambda world: {"batch": world.release.batch}),
    "definitions": Page("national secretariat reviewer"),
    "definition": Page("national secretariat reviewer", lambda world: {"code": "people_assisted"}),
    "tables": Page(NETWORKED),
    "table_new": Page("national secretariat"),
    "table": Page(NETWORKED, lambda world: {"table_id": world.table.pk}),
    "table_file": Page(NETWORKED, lambda world: {"table_id": world.table.pk, "kind": "csv"}, method="post"),
    "reports": Page("coordinator", of_niksic),
    "report": Page("coordinator", lambda world: {"slug": "niksic", "report_id": world.report.pk}),
    "report_file": Page(
        "coordinator", lambda world: {"slug": "niksic", "report_id": world.report.pk, "name": "donor.xlsx"}
    ),
    "network_reports": Page("national secretariat reviewer observer"),
    "network_report": Page(
        "national secretariat reviewer observer",
        lambda world: {"form": "third_party_support_annex", "country": "ME", "year": 2020},
    ),
    "network_report_file": Page(
        "national secretariat reviewer observer",
        lambda world: {"form": "third_party_support_annex", "country": "ME", "year": 2020, "kind": "xlsx"},
    ),
    "figures": Page("coordinator", of_niksic),
    "figures_result": Page("coordinator", lambda world: {"slug": "niksic", "figures_id": world.figures.pk}),
    "figures_file": Page(
        "coordinator", lambda world: {"slug": "niksic", "figures_id": world.figures.pk, "name": "donor.csv"}
    ),
    # indicators: counting rounds
    "rounds": Page("national secretariat reviewer"),
    "round_new": Page("secretariat"),
    "round": Page("national secretariat reviewer", lambda world: {"round_id": world.round.pk}),
    "round_step": Page(
        "secretariat", lambda world: {"round_id": world.round.pk, "step": "link"}, method="post"
    ),
    "organisation_rounds": Page("coordinator", of_niksic),
    "round_answer": Page(
        "coordinator", lambda world: {"slug": "niksic", "round_id": world.round.pk}, method="post",
        data={"answer": "decline"},
    ),
    "round_result": Page(EVERYONE, lambda world: {"round_id": world.released_round.pk}),
    # publishing
    "evidence": Page(EVERYONE),
    "evidence_country": Page(EVERYONE, lambda world: {"country": "me"}),
    "evidence_year": Page(EVERYONE, lambda world: {"country": "me", "year": 2020}),
    "release": Page(EVERYONE, lambda world: {"release_id": world.release.pk}),
    "release_file": Page(
        EVERYONE, lambda world: {"release_id": world.release.pk, "name": "households_reached-me-2020.csv"}
    ),
}  # fmt: skip
