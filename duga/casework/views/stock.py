"""Stores: what they hold, receipts, losses, the stocktake."""

import uuid
from itertools import groupby

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.casework import actions, queries
from duga.casework.forms.stock import CountedForm, ItemForm, LossForm, ReceiptForm
from duga.casework.rules import LOSS_LABELS, MOVEMENT_LABELS, plain_number
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.places.queries import label
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.pages import staff, status, try_


def _unit(item) -> str:
    return label("units", item.unit, get_language() or "en")


def _by_store(holdings):
    """[(store, [(holding, its unit in words)])] in the order they stand."""
    grouped = groupby(holdings, key=lambda holding: holding.item.store)
    return [(store, [(holding, _unit(holding.item)) for holding in rows]) for store, rows in grouped]


@staff
@require_http_methods(["GET", "POST"])
def stock(request, slug):
    """What an organisation's stores hold, what runs low or expires; a new kind of goods."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    keeps = may(request.viewer, Permission.ASSIGN_WORK, of=organisation)
    form = ItemForm(request.POST or None) if keeps or request.method == "POST" else None
    if form is not None and form.is_bound and form.is_valid():
        item, done = try_(
            form, actions.add_stock_item, by=request.viewer, organisation_id=organisation.pk, **form.cleaned_data
        )
        if done:
            return redirect("casework:stock_item", item_id=item.pk)
    context = {
        "organisation": organisation,
        "stores": _by_store(queries.stores(request.viewer, organisation)),
        "form": form,
        "crumbs": [(organisation.name, ""), (_("Stock"), "")],
    }
    return render(request, "casework/stock/stock.html", context, status=status(form) if form else 200)


@staff
@require_http_methods(["GET", "POST"])
def stocktake(request, slug):
    """A list to print and count by, and afterwards what was counted."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.ASSIGN_WORK)
    form = CountedForm(request.POST or None, holdings=queries.stores(request.viewer, organisation))
    if form.is_bound and form.is_valid():
        found = 0
        for item, counted, seen in form.counted():
            try:
                row = actions.count_stock(by=request.viewer, item_id=item.pk, counted=counted, seen=seen)
                found += row is not None
            except Refused as error:
                form.add_error(f"counted-{item.pk}", said(error))
        if not form.errors:
            messages.success(request, _("Counted. Numbers that changed: %(count)s.") % {"count": found})
            return redirect("casework:stock", slug=slug)
    context = {
        "organisation": organisation,
        "form": form,
        "rows": [(item, _unit(item), counted, seen) for item, counted, seen in form.rows()],
        "crumbs": [(_("Stock"), reverse("casework:stock", kwargs={"slug": slug})), (_("Stocktake"), "")],
    }
    return render(request, "casework/stock/stocktake.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def item(request, item_id):
    """Goods of one store: how many, what came and went, and the forms to receive, lose, rename and take off."""
    held = queries.holding(request.viewer, item_id)
    organisation = organisation_by_id(request.viewer, held.item.organisation_id)
    keeps = may(request.viewer, Permission.ASSIGN_WORK, of=organisation)
    if request.method == "POST" or keeps:
        queries.stock_item(request.viewer, item_id)
    do = request.POST.get("do", "")
    forms = _forms(request, held.item, do)
    if do and _done(request, item_id, do, forms.get(do)):
        messages.success(request, _("Saved."))
        closed = do == "close"
        return redirect("casework:stock", organisation.slug) if closed else redirect("casework:stock_item", item_id)
    page = queries.movements(request.viewer, item_id, request.GET.get("page", 1))
    words = {"kinds": MOVEMENT_LABELS, "reasons": LOSS_LABELS}
    context = {
        "organisation": organisation,
        "held": held,
        "unit": _unit(held.item),
        "page": page,
        "rows": [(row, _(words["kinds"][row.kind]), _(words["reasons"].get(row.reason, "") or "-")) for row in page],
        "keeps": keeps,
        "do": do,
        **{f"{name}_form": form for name, form in forms.items()},
        "crumbs": [
            (_("Stock"), reverse("casework:stock", kwargs={"slug": organisation.slug})), (held.item.name, ""),
        ],
    }  # fmt: skip
    bound = forms.get(do)
    return render(request, "casework/stock/item.html", context, status=status(bound) if bound else 200)


def _forms(request, row, do):
    once = {"once": uuid.uuid4().hex, "date": timezone.localdate()}
    about = {"name": row.name, "store": row.store, "minimum": plain_number(row.minimum) if row.minimum else ""}
    return {
        "receive": ReceiptForm(request.POST if do == "receive" else None, initial=once),
        "lose": LossForm(request.POST if do == "lose" else None, initial=once),
        "change": ItemForm(request.POST if do == "change" else None, initial=about, with_unit=False),
    }


_ACTIONS = {"receive": actions.receive_stock, "lose": actions.lose_stock, "change": actions.change_stock_item}


def _done(request, item_id, do, form) -> bool:
    """Whether what was asked was done; a form that was refused bears the reason."""
    if do == "close":
        try:
            actions.close_stock_item(by=request.viewer, item_id=item_id)
        except Refused as error:
            messages.error(request, said(error))
            return False
        return True
    if form is None or not form.is_valid():
        return False
    return try_(form, _ACTIONS[do], by=request.viewer, item_id=item_id, **form.cleaned_data)[1]
