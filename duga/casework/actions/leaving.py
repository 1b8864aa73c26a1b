"""The day after an organisation has left: its key is destroyed, and with it everyone it helped becomes unreadable."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from duga.casework.actions._forgetting import _forget_organisation
from duga.casework.actions._help import _organisation
from duga.casework.actions.lists import _scan_path
from duga.casework.actions.people import HOUSE_ONLY, _forget_corrections
from duga.casework.actions.staging import _destroy
from duga.casework.models import (
    Assistance,
    DistributionList,
    GroupMember,
    Household,
    ImportBatch,
    LawfulBasis,
    Person,
    PersonToken,
    StagedImport,
)
from duga.members.actions import write_trail
from duga.members.queries import standing_over_time, trail
from duga.members.rules import MemberStatus, Permission
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

EXPORTED = dt.timedelta(days=30)  #: so lately everything must have been exported

_CONFIRM = gettext_noop("To confirm, repeat the organisation's short name: %(slug)s.")
_STANDS = gettext_noop("This organisation still stands in %(network)s. Let it leave there first.")
_EXPORT = gettext_noop("Export everything first: nothing was exported in the last 30 days, and nothing comes back.")


def destroy_organisation(*, by, organisation_id, confirm) -> int:
    """Destroys an organisation's key for good, and everything that leads to the people it helped, sealed programmes
    among them; in every backup within 30 days. What was given stays as numbers. Returns how many people that were.

    By its coordinator, after it has left every network and everything was exported; `confirm` repeats its slug.
    """
    organisation = _organisation(by, organisation_id, Permission.ERASE_PEOPLE)
    if str(confirm).strip() != organisation.slug:
        raise Refused(_CONFIRM, slug=organisation.slug)
    for row in standing_over_time(by, organisation):
        if row.until is None and row.status != MemberStatus.LEFT:
            raise Refused(_STANDS, network=row.network.name)
    exported = next(iter(trail(by, organisation, event="organisation.exported")), None)
    if exported is None or exported.at < timezone.now() - EXPORTED:
        raise Refused(_EXPORT)
    with transaction.atomic():
        people = _forget_all(organisation.pk)
        write_trail(
            by=by, event="organisation.destroyed", subject=("members.Organisation", organisation.pk),
            organisation_id=organisation.pk, detail={"people": people},
        )  # fmt: skip
    sealing.store().destroy_organisation(organisation.pk)
    return people


@transaction.atomic
def destroy_again(*, by, organisations) -> int:
    """After a restore: the same for organisations (ids) whose keys were destroyed since. Returns how many people."""
    if not by.system:
        raise Refused(HOUSE_ONLY)
    count = 0
    for organisation_id in organisations:
        if people := _forget_all(organisation_id):
            count += people
            write_trail(
                by=by, event="organisation.destroyed", subject=("members.Organisation", organisation_id),
                organisation_id=organisation_id, detail={"people": people},
            )  # fmt: skip
    return count


def _forget_all(organisation_id) -> int:
    """Takes everything off an organisation's rows that leads to somebody; how many people there were."""
    mine = {"organisation_id": organisation_id}
    PersonToken.objects.filter(person__organisation_id=organisation_id).delete()
    entries = Assistance.objects.filter(**mine)
    _forget_corrections(entries)
    entries.update(note=b"", place="", reason="", worker="", mark=None)
    LawfulBasis.objects.filter(person__organisation_id=organisation_id).update(how="")
    Household.objects.filter(**mine).update(head=None)
    GroupMember.objects.filter(group__organisation_id=organisation_id, until=None).update(until=timezone.now())
    for staged in StagedImport.objects.filter(**mine):
        _destroy(staged)
        staged.delete()
    for pk in DistributionList.objects.filter(~Q(scan_type=""), **mine).values_list("pk", flat=True):
        _scan_path(pk).unlink(missing_ok=True)
    DistributionList.objects.filter(**mine).update(scan_type="")
    ImportBatch.objects.filter(**mine).update(title=b"")
    _forget_organisation(organisation_id)
    people = Person.objects.filter(erased_at=None, **mine)
    return people.update(identity=b"", special=b"", birth_year=None, area=None, erased_at=timezone.now())
