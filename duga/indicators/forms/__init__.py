"""The forms of figures."""

from duga.indicators.forms.building import TableForm, TitleForm
from duga.indicators.forms.definitions import CheckForm
from duga.indicators.forms.drafts import SIDE_BY_SIDE, DraftForm, ReleasesFilter, ReturnForm
from duga.indicators.forms.own import PeriodForm

__all__ = [
    "SIDE_BY_SIDE",
    "CheckForm",
    "DraftForm",
    "PeriodForm",
    "ReleasesFilter",
    "ReturnForm",
    "TableForm",
    "TitleForm",
]
