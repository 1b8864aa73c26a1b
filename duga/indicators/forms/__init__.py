"""The forms of figures."""

from duga.indicators.forms.own import PeriodForm

__all__ = ["PeriodForm"]
