"""The components, as pages use them."""

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.utils.translation import override

from duga.ui.html import HIDDEN, Cell, Column, Row
from duga.ui.widgets import Chips, FileDrop, ManyChips


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


class Form(forms.Form):
    name = forms.CharField(help_text="As she says it")
    note = forms.CharField(required=False, widget=forms.Textarea)
    what = forms.ChoiceField(widget=Chips, choices=[("a", "Parcel"), ("b", "<Talk>")], help_text="One")
    who = forms.MultipleChoiceField(widget=ManyChips, choices=[("x", "Children")], required=False)
    agree = forms.BooleanField(required=False, label="She was told")
    file = forms.FileField(widget=FileDrop(hint="csv"), required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="7")


def test_number_keeps_value_unit_and_qualifier_together():
    text = render('{% number 1320 unit="persons" qualifier="at_least" %}')
    assert "at least" in text
    assert "1,320" in text
    assert " " not in text.replace("at least", "").replace("<span class", "")
    assert text.count("\N{NO-BREAK SPACE}") == 2


def test_number_speaks_the_language_of_the_page():
    with override("sr"):
        assert "1.320" in render("{% number 1320 %}")


def test_hidden_and_unknown_are_never_nought():
    hidden = render("{% number cell %}", cell=HIDDEN)
    assert "small, or hidden to protect a small one" in hidden
    assert "unknown" in render("{% number cell %}", cell=Cell(None))
    assert "0" not in render("{% number cell %}", cell=Cell(5, hidden=True)).replace("ui", "")
    assert "5" not in render("{% number cell %}", cell=Cell(5, hidden=True))


def test_everything_said_is_escaped():
    assert "<b>" not in render('{% number 3 unit=unit %}{% badge unit "good" %}', unit="<b>x</b>")
    assert "<b>" not in render("{% empty c %}{% notice 'info' title=c %}{% endnotice %}", c="<b>x</b>")
    assert "<b>" not in render("{% table columns rows caption=c %}", columns=["<b>"], rows=[["<b>"]], c="<b>x</b>")


@pytest.mark.parametrize("name", ["name", "note", "file"])
def test_a_field_ties_label_help_and_error_together(name):
    html = render("{% field form.name %}{% field form.note %}{% field form.file %}", form=Form({"name": ""}))
    assert f'for="id_{name}"' in html
    assert f'id="id_{name}"' in html


def test_help_and_error_are_described():
    html = render("{% field form.name %}", form=Form({"name": ""}))
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert "This field is required." in html


def test_choices_become_a_fieldset_of_chips():
    html = render("{% field form.what %}{% field form.who %}", form=Form())
    assert html.count("<fieldset") == 2
    assert "<legend>What</legend>" in html
    assert html.count('class="chip"') == 3
    assert 'type="radio"' in html
    assert 'type="checkbox"' in html
    assert "&lt;Talk&gt;" in html
    assert html.count("<label") == 3


def test_optional_fields_say_so_and_hidden_ones_nothing():
    assert "(optional)" in render("{% field form.note %}", form=Form())
    assert "(optional)" not in render("{% field form.name %}", form=Form())
    assert render("{% field form.hidden %}", form=Form()).strip().startswith("<input")


def test_the_error_summary_links_to_each_field():
    html = render("{% form_errors form %}", form=Form({}))
    assert 'href="#id_name"' in html
    assert 'role="alert"' in html
    assert render("{% form_errors form %}", form=Form()).strip() == ""


def test_a_placeholder_that_repeats_the_label_is_dropped():
    class Doubled(forms.Form):
        email = forms.CharField(label="E-mail", widget=forms.TextInput({"placeholder": "E-mail"}))

    assert "placeholder" not in render("{% field form.email %}", form=Doubled())


def test_table_marks_numbers_totals_and_heads():
    html = render(
        '{% table columns rows caption="People" note="2020" %}',
        columns=["Age", Column("All", numeric=True)],
        rows=[("60+", 1200), ("80+", HIDDEN), ("?", None), Row(("All", Cell(7, url="/x/")), total=True)],
    )
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 4
    assert 'class="total"' in html
    assert "1,200" in html
    assert 'href="/x/"' in html
    assert "unknown" in html
    assert 'tabindex="0"' in html  # a keyboard can scroll it


def test_a_row_of_the_wrong_length_is_a_mistake_that_shows():
    with pytest.raises(ValueError):
        render('{% table columns rows caption="x" %}', columns=["A", "B"], rows=[("only one",)])


def test_pager_keeps_the_rest_of_the_address(rf):
    request = rf.get("/ledger/?year=2020&page=2")
    page = Paginator(range(50), 10).get_page(2)
    html = Template("{% load ui %}{% pager page %}").render(RequestContext(request, {"page": page}))
    assert "year=2020" in html
    assert "page=1" in html
    assert "page=3" in html


def test_blocks_hold_what_stands_between_them():
    html = render('{% notice "warn" title="Look" %}<p>here</p>{% endnotice %}{% card title="C" %}in{% endcard %}')
    assert "notice-warn" in html
    assert "<p>here</p>" in html
    assert "<section" in html


def test_text_in_another_language_says_so():
    html = render('{% text_in "نص" "ar" %}{% text_in "Здраво" "sr" %}')
    assert 'lang="ar" dir="rtl"' in html
    assert 'lang="sr-Cyrl" dir="ltr"' in html


def test_a_button_is_a_link_only_with_an_address():
    assert render('{% button "Go" href="/x/" kind="primary" %}').startswith("<a ")
    assert 'type="submit"' in render('{% button "Save" big=True %}')


def test_unknown_tags_fail_loudly():
    with pytest.raises(TemplateSyntaxError):
        render("{% no_such_component %}")
