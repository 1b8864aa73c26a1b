"""A basis in law stated for one person and one purpose, and its end."""

import datetime as dt

from django.db import transaction

from duga.casework.actions._help import _check_code, _tell
from duga.casework.actions.bases._help import _person
from duga.casework.actions.bases.consents import _withdraw_all
from duga.casework.models import LawfulBasis
from duga.casework.rules import How, opening
from duga.plain.errors import Refused, gettext_noop

_HOW = gettext_noop("Say how consent was given: written, spoken, or by a guardian.")


@transaction.atomic
def state_basis(*, by, person_id, purpose, basis, given_on, how="") -> LawfulBasis:
    """States on what basis a person's data is used for a purpose, in place of the one stated before.

    Codes of the lists `purposes` and `lawful_bases`; Refused when her country's law does not open it. A consent must
    say how it was given; `take_consent` keeps one with receiver, kinds of data and proof.
    """
    person = _person(by, person_id)
    _check_code("purposes", purpose)
    opening(person.organisation.country, purpose, basis)
    if basis == "consent" and how not in (How.WRITTEN, How.SPOKEN, How.GUARDIAN):
        raise Refused(_HOW)
    LawfulBasis.objects.filter(person=person, purpose=purpose, ended_on=None).update(ended_on=given_on)
    row = LawfulBasis.objects.create(
        person=person, purpose=purpose, basis=basis, given_on=given_on, how=how, recorded_by_id=by.account_id
    )
    _tell(by, "person.basis_stated", person, purpose=purpose, basis=basis)
    return row


@transaction.atomic
def end_basis(*, by, person_id, purpose, ended_on: dt.date) -> None:
    """Ends the basis of a purpose, and every consent given for it. What was recorded under it stays as it is."""
    person = _person(by, person_id)
    ended = LawfulBasis.objects.filter(person=person, purpose=purpose, ended_on=None).update(ended_on=ended_on)
    _withdraw_all(by, person, purpose)
    if ended:
        _tell(by, "person.basis_ended", person, purpose=purpose)
