"""Tags of the finder's pages."""

from django import template
from django.utils.html import format_html, format_html_join

from duga.directory.queries import finder
from duga.directory.rules.texts import Text
from duga.ui.templatetags.ui import direction, language_tag

register = template.Library()


@register.simple_block_tag(takes_context=True)
def step(context, content, asked, css=""):
    """`{% step asked css %}…{% endstep %}`: a link to a state of the search, or a button where it goes by POST."""
    if asked.address:
        return format_html('<a class="{}" href="{}">{}</a>', css, asked.address, content)
    return format_html(
        '<form method="post" action="/services/">{}<button class="{}">{}</button></form>',
        fields_of(asked), css, content,
    )  # fmt: skip


@register.filter
def fields_of(asked, without=""):
    """What was asked as hidden fields of a form; `without` names of fields that the form asks itself."""
    left_out = set(without.split())
    pairs = [(name, value) for name, value in asked.fields if name not in left_out]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.filter
def joined(words):
    """Words one after the other, with the comma of the page's letters."""
    return finder.joined(words)


@register.filter
def isolated(words, remark=""):
    """Words of several scripts one after the other, each keeping its direction; of a pair (word, whether) the second
    says if `remark` stands behind it.
    """
    pairs = [each if isinstance(each, tuple) else (each, False) for each in words]
    told = [(word, f" ({remark})" if marked else "") for word, marked in pairs]
    return format_html_join(finder.comma(), "<bdi>{}</bdi>{}", told)


@register.filter
def said(text):
    """A Text, marked with its language where that is not the page's."""
    if not isinstance(text, Text):
        return text or ""
    if not text.text:
        return ""
    return format_html(
        '<span lang="{}" dir="{}">{}</span>', language_tag(text.language), direction(text.language), text
    )


@register.filter
def lines(text):
    """A longer Text, each of its lines a paragraph."""
    if not text.text:
        return ""
    mark = (language_tag(text.language), direction(text.language))
    told = [(*mark, line) for line in text.text.splitlines() if line.strip()]
    return format_html_join("", '<p lang="{}" dir="{}">{}</p>', told)
