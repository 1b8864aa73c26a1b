"""How states, ways and formats of answers are called on screen."""

from duga.plain.errors import gettext_noop as _
from duga.surveys.rules.states import Source, SubmissionState

STATE_WORDS = {
    SubmissionState.RECEIVED: _("to be reviewed"),
    SubmissionState.EDITED: _("mended"),
    SubmissionState.APPROVED: _("approved"),
    SubmissionState.REJECTED: _("rejected"),
    SubmissionState.HAS_ISSUES: _("has issues"),
}
STATE_LOOKS = {
    SubmissionState.RECEIVED: "", SubmissionState.EDITED: "warn", SubmissionState.APPROVED: "good",
    SubmissionState.REJECTED: "bad", SubmissionState.HAS_ISSUES: "warn",
}  # fmt: skip
#: What a reviewer may press.
DECISIONS = {
    SubmissionState.APPROVED: _("Approve"),
    SubmissionState.HAS_ISSUES: _("It has issues"),
    SubmissionState.REJECTED: _("Reject"),
}
WAY_WORDS = {
    Source.COLLECT: _("a phone"),
    Source.BROWSER: _("the browser"),
    Source.LINK: _("a link"),
    Source.PAPER: _("paper"),
    Source.IMPORTED: _("an import"),
}
KIND_WORDS = {
    "xlsx": _("Excel, a sheet for each repeat"),
    "csv": _("CSV"),
    "spss": _("SPSS: data, syntax and codebook"),
    "geojson": _("GeoJSON, for maps"),
    "parquet": _("Parquet, for programs"),
    "codebook": _("Codebook: questions and codes"),
}


def language_for(languages, code: str) -> str:
    """Which of a form's languages ("Srpski (sr)", "default") is read by who reads the site in `code`."""
    short = code.split("-")[0]
    found = [each for each in languages if each.lower().endswith((f"({code})", f"({short})")) or each.lower() == code]
    return found[0] if found else (languages[0] if languages else "default")
