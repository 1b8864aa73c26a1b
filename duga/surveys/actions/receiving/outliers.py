"""Numbers that are far from all others of their question: looked for over all answers, now and then."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.surveys.actions.receiving.incoming import drop_orphans
from duga.surveys.models import Submission
from duga.surveys.queries.receiving import judge_of, open_answers
from duga.surveys.rules.receiving import Flag, differing, flag, flag_of

NUMBERS = frozenset({"integer", "decimal", "range"})
MOST = 20_000  #: newest submissions that are held against each other


def look_after_answers(*, by) -> int:
    """By the clock, daily: numbers far from the others are flagged where answers came in, files of nobody's go."""
    since = timezone.now() - dt.timedelta(days=2)
    lately = Submission.objects.filter(received_at__gte=since, test=False).order_by()
    changed = 0
    for organisation_id, form_id in list(lately.values_list("organisation_id", "form_id").distinct()):
        changed += flag_outliers(by=by, organisation_id=organisation_id, form_id=form_id)
    return changed + drop_orphans(by=by)


def flag_outliers(*, by, organisation_id, form_id) -> int:
    """Flags the submissions of an organisation whose numbers are far from the others'; takes the flag from those that
    no longer are. Returns how many changed. What a reviewer has decided already is left as it is."""
    rows = Submission.objects.filter(organisation_id=organisation_id, form_id=form_id, test=False)
    numbers: dict[str, list[tuple[float, object]]] = {}
    read = rows.select_related("answers", "form_version").defer("xml", "form_version__xform", "form_version__source")
    for row in read.order_by("-pk")[:MOST].iterator(chunk_size=500):
        judge = judge_of(row.form_version_id, row.form_version.md5)
        answers = open_answers(organisation_id, row.pk, row.answers.answers)
        for path, number in _numbers(judge, answers):
            numbers.setdefault(path, []).append((number, row.pk))
    far: dict[object, set[str]] = {}
    for path, told in numbers.items():
        if bounds := differing(number for number, _pk in told):
            for number, pk in told:
                if not bounds[0] <= number <= bounds[1]:
                    far.setdefault(pk, set()).add(flag(Flag.OUTLIER, path))
    return _mark(rows, far)


def _numbers(judge, answers):
    for path, value in answers.items():
        if isinstance(value, list):
            for row in value:
                yield from _numbers(judge, row)
        elif judge.kinds.get(path) in NUMBERS:
            try:
                yield path, float(value)
            except ValueError:
                continue


@transaction.atomic
def _mark(rows, far) -> int:
    changed = 0
    waiting = rows.filter(state="received").select_for_update()
    for row in waiting.only("pk", "flags").iterator(chunk_size=500):
        kept = [each for each in row.flags if flag_of(each)[0] is not Flag.OUTLIER]
        flags = [*kept, *sorted(far.get(row.pk, ()))]
        if flags != row.flags:
            row.flags = flags
            row.save(update_fields=["flags"])
            changed += 1
    return changed
