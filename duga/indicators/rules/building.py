"""What an analyst may ask of a snapshot: indicator, breakdown, one year, one country or all, one word a filter."""

from collections.abc import Iterable, Mapping

from duga.plain.errors import Refused, gettext_noop

#: What a table may be broken down by, at most two beside the country.
BREAKDOWNS = ("sex", "age_band", "area", "month", "quarter", "service_type", "target_group", "channel")
MOST = 2
#: What a table may be kept to, one word each. By sex, age or region tables are broken down, never cut: what was
#: left out would follow by subtraction.
FILTERS = ("service_type", "channel")
#: Wider age bands, for when the usual ones hide too much.
WIDER_AGES = {
    "0-5": "0-17", "6-13": "0-17", "14-17": "0-17", "18-29": "18-59", "30-59": "18-59", "60-79": "60+", "80+": "60+",
}  # fmt: skip


def check_built(
    allowed: Iterable[str], breakdown: Iterable[str], where: Mapping[str, str], country: str
) -> tuple[str, ...]:
    """The columns of a table that was asked for; refused with what may be asked for instead.

    Of all countries together the country is always the first column: else a country follows by subtraction.
    """
    wanted = tuple(dict.fromkeys(breakdown))
    for name in wanted:
        if name not in BREAKDOWNS or name not in tuple(allowed):
            raise Refused(gettext_noop("This indicator is not broken down by %(name)s."), name=name)
    if len(wanted) > MOST:
        raise Refused(gettext_noop("Break down by two things at most: more leaves mostly hidden numbers."))
    if "month" in wanted and "quarter" in wanted:
        raise Refused(gettext_noop("Choose months or quarters, not both."))
    if "area" in wanted and not country:
        raise Refused(gettext_noop("Regions are shown of one country at a time: choose the country."))
    if unknown := [name for name in where if name not in FILTERS]:
        raise Refused(
            gettext_noop("Tables are not cut by %(name)s: what was left out would follow by subtraction."),
            name=unknown[0],
        )
    if both := [name for name in where if name in wanted]:
        raise Refused(gettext_noop("Either break down by %(name)s or keep to one of it."), name=both[0])
    return wanted if country else ("country", *wanted)
