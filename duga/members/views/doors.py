"""What the pages of members share: who gets in, and the place an address names."""

import base64
import uuid
from io import BytesIO

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duga.members.queries import can_manage, is_unkept, may, network_by_slug, organisation_by_slug
from duga.members.rules import MANAGES, Permission, Scope
from duga.ui.fields import said

WORKSPACE = "/workspace/"
DOORS = {"organisation": organisation_by_slug, "network": network_by_slug}


def place(request, kind, slug, permission=Permission.SEE_ORGANISATION):
    """The Organisation or Network of an address."""
    return DOORS[kind](request.viewer, slug, permission)


def manages(kind):
    """The permission to manage a place of this kind."""
    return MANAGES[Scope(kind)]


def posted_id(request, name):
    """A row's id that a button sent; None (which finds nothing) when it is no id."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def url(kind, what, of):
    """The address of one of a place's pages."""
    return reverse(f"{kind}_{what}" if what else kind, kwargs={"slug": of.slug})


def around(request, kind, of, current, title):
    """Tabs and breadcrumbs of a place's pages, for what this viewer may open."""
    manager = can_manage(request.viewer, of)
    tabs = [("", _("Profile") if kind == "organisation" else _("Members"), True)]
    tabs += [("team", _("People and roles"), manager)]
    invites = manager or (may(request.viewer, Permission.MANAGE_NETWORK, of) and is_unkept(of))
    tabs += [
        ("invitations", _("Invitations"), invites),
        ("trail", _("Trail"), may(request.viewer, Permission.SEE_TRAIL, of)),
    ]
    return {
        "kind": kind, "of": of, "manager": manager, "title": title,
        "tabs": [(label, url(kind, name, of), name == current) for name, label, shown in tabs if shown],
        "crumbs": [
            (_("Workspace"), WORKSPACE), (of.name, url(kind, "", of)), *([(title, "")] if current else []),
        ],
    }  # fmt: skip


def refused(request, template, context, form, error):
    """The same page with what was typed and the rule that said no."""
    if form.is_bound:
        form.add_error(None, said(error))
    else:
        messages.error(request, said(error))
    return render(request, template, context | {"form": form}, status=422)


def qr(address) -> str:
    """An address as a QR picture (data URI), black on white in dark mode too."""
    import qrcode
    from qrcode.image.svg import SvgPathFillImage

    out = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
