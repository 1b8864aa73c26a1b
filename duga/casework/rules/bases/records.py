"""Consent records: what one must say, and how it is told to other systems in the terms of ISO/IEC TS 27560:2023."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from duga.places.rules import codes
from duga.plain.errors import Refused, gettext_noop

#: The structure `consent_document` follows; its parts are those of clause 6.3: header, processing, parties, events.
SCHEMA = "ISO/IEC TS 27560:2023"
MOST_DAYS = 5 * 366  #: nobody agrees for longer without being asked again

_HOW = gettext_noop("Say how consent was given: written, spoken, by a guardian, or with a child's assent.")
_CATEGORIES = gettext_noop("Choose what is told: at least one kind of data, all of them of the list.")
_EXPIRED = gettext_noop("The day on which it runs out must lie between today and five years from now.")
_GUARDIAN = gettext_noop("Choose which guardian agreed. A guardian who may be the danger is never asked.")
_CHILD = gettext_noop("She is %(age)s: a guardian agrees, and she is asked too. Choose who agreed.")
_ASK_HER = gettext_noop("She is old enough to be asked beside her guardian. Record what the child says.")
_DISSENT = gettext_noop("The child says no: what a guardian agrees to does not count against her. Record her no.")


class Answer(StrEnum):
    """What she answered."""

    GIVEN = "given"
    REFUSED = "refused"


class How(StrEnum):
    """How she answered."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    GUARDIAN = "guardian"  #: a guardian answered
    ASSENT = "assent"  #: a child answered alone: no guardian can be asked


HOW_LABELS = {
    How.SPOKEN: gettext_noop("spoken"),
    How.WRITTEN: gettext_noop("in writing"),
    How.GUARDIAN: gettext_noop("by a guardian"),
    How.ASSENT: gettext_noop("by the child alone"),
}


def check_categories(categories: Iterable[str]) -> list[str]:
    """Codes of the list `data_categories` in its order, at least one."""
    asked = set(categories)
    found = [row.code for row in codes("data_categories") if row.code in asked]
    if not found or len(found) != len(asked):
        raise Refused(_CATEGORIES)
    return found


def check_consent(
    *, how: str, given: bool, today: dt.date, expires_on: dt.date | None, asked: str, age: int | None,
    guardian: bool, conflicted: bool, others: bool, with_assent: str,
) -> How:  # fmt: skip
    """How the answer was given, when it can stand.

    asked: who answers at this age (`who_is_asked`); guardian: one was chosen; conflicted: that one may be the danger;
    others: somebody could be asked in the child's place; with_assent: "yes", "no", "" of a child beside her guardian.
    A no always stands, whoever said it.
    """
    if how not in set(How):
        raise Refused(_HOW)
    if expires_on is not None and not today <= expires_on <= today + dt.timedelta(days=MOST_DAYS):
        raise Refused(_EXPIRED)
    if how == How.GUARDIAN and (conflicted or not guardian):
        raise Refused(_GUARDIAN)
    if given and how == How.GUARDIAN and with_assent == "no":
        raise Refused(_DISSENT)
    if given and how == How.GUARDIAN and asked == "assent" and with_assent != "yes":
        raise Refused(_ASK_HER)
    child = asked in ("assent", "guardian")
    if given and child and how in (How.WRITTEN, How.SPOKEN):
        raise Refused(_CHILD, age=age)
    if given and how == How.ASSENT and child and others:
        raise Refused(_CHILD, age=age)
    return How(how)


def consent_document(*, organisation: dict, subject: str, rows: list[dict], made_at: dt.datetime) -> dict:
    """One act of consent in ISO/IEC TS 27560 terms, ready for JSON.

    organisation: {"id", "name", "country"}; subject: the case code; rows: one a purpose, as
    `queries.consent_facts` gives them. docs/guide/lawful-basis.md holds the mapping.
    """
    first = rows[0]
    return {
        "schema_version": SCHEMA,
        "record_id": first["act"],
        "pii_principal_id": subject,
        "record_made_at": made_at.isoformat(),
        "pii_processing": {
            "privacy_notice": {"version": first["notice"], "language": first["language"]},
            "language": first["language"],
            "purposes": [_purpose(row) for row in rows],
            "jurisdiction": organisation["country"],
        },
        "party_identification": [
            {
                "party_id": organisation["id"], "party_name": organisation["name"], "party_role": "PII controller",
                "party_country": organisation["country"],
            },
            *[
                {**row["receiver"], "party_role": "recipient"}
                for row in rows if row["receiver"]
            ],
        ],
        "event": [event for row in rows for event in _events(row)],
    }  # fmt: skip


def _purpose(row) -> dict:
    return {
        "purpose": row["purpose"],
        "purpose_description": row["purpose_words"],
        "lawful_basis": "consent",
        "pii_information": [{"pii_type": code} for code in row["categories"]],
        "recipients": [row["receiver"]["party_id"]] if row["receiver"] else [],
        "proof": row["proof"],
        "given_by": row["given_by"],
    }


def _events(row) -> list[dict]:
    """What happened to the consent of one purpose, in the states of the specification."""
    asked = {"purpose": row["purpose"], "event_time": row["given_at"], "event_entity": row["given_by"]}
    state = "explicitly given" if row["answer"] == Answer.GIVEN else "refused"
    events = [{**asked, "event_type": "consent", "event_state": state, "event_form": row["how"]}]
    if row["expires_on"]:
        events[0]["validity_duration"] = {"until": row["expires_on"]}
    if row["withdrawn_at"]:
        events.append({
            "purpose": row["purpose"], "event_type": "consent", "event_state": "withdrawn",
            "event_time": row["withdrawn_at"], "event_form": row["withdrawn_how"],
            "event_entity": row["withdrawn_from"],
        })  # fmt: skip
    return events
