"""The forms of figures."""

from duga.indicators.forms.building import TableForm, TitleForm
from duga.indicators.forms.drafts import DraftForm, ReleasesFilter, ReturnForm
from duga.indicators.forms.own import PeriodForm

__all__ = ["DraftForm", "PeriodForm", "ReleasesFilter", "ReturnForm", "TableForm", "TitleForm"]
