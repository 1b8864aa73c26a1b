"""Attendance by one tap a child; distribution lists to print, sign and record."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.lists import DayForm, GroupForm, ListForm, ScanForm
from duga.casework.forms.people import FindForm
from duga.casework.views._help import keep_search, kept_search
from duga.casework.views.shown import entry_words, where
from duga.members.queries import organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.pages import id_of, staff, status, try_


def _of(request, slug):
    return organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)


@staff
@require_http_methods(["GET", "POST"])
def groups(request, slug):
    """The groups of an organisation, and a new one."""
    organisation = _of(request, slug)
    form = GroupForm(request.POST or None, country=organisation.country)
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        area = data.pop("area")
        group, done = try_(
            form, actions.add_group, by=request.viewer, organisation_id=organisation.pk,
            area_id=area.pk if area else None, **data,
        )  # fmt: skip
        if done:
            return redirect("casework:group", group_id=group.pk)
    context = {
        "organisation": organisation,
        "groups": queries.groups(request.viewer, organisation),
        "form": form,
        "crumbs": [(organisation.name, ""), (_("Groups"), "")],
    }
    return render(request, "casework/groups.html", context, status=status(form))


def _day(request):
    form = DayForm(request.GET if "day" in request.GET else None)
    if form.is_bound and form.is_valid():
        return form.cleaned_data["day"], form
    return timezone.localdate(), form


@staff
@require_http_methods(["GET", "POST"])
def group(request, group_id):
    """Attendance of one day: one tap a child. Without script a tap is a small form of its own."""
    found = queries.group(request.viewer, group_id)
    organisation = organisation_by_id(request.viewer, found.organisation_id)
    day, day_form = _day(request)
    if request.method == "POST":
        actions.record_attendance(
            by=request.viewer, group_id=group_id, date=day, present=request.POST.getlist("present"),
            absent=request.POST.getlist("absent"),
        )  # fmt: skip
        return redirect(f"{reverse('casework:group', kwargs={'group_id': group_id})}?day={day.isoformat()}")
    lines = actions.open_group(by=request.viewer, group_id=group_id, date=day)
    context = {
        "organisation": organisation,
        "group": found,
        "lines": lines,
        "present": sum(line.present for line in lines),
        "day": day,
        "before": f"?day={day - dt.timedelta(days=1)}",
        "after": f"?day={day + dt.timedelta(days=1)}" if day < timezone.localdate() else "",
        "day_form": day_form,
        "form": FindForm(),
        "crumbs": [(_("Groups"), reverse("casework:groups", kwargs={"slug": organisation.slug})), (found.name, "")],
    }
    return render(request, "casework/group.html", context)


@staff
@require_http_methods(["GET", "POST"])
def members(request, group_id):
    """Who belongs to a group: found by name, put in by one tap, taken out by one."""
    found = queries.group(request.viewer, group_id)
    organisation = organisation_by_id(request.viewer, found.organisation_id)
    text, people = kept_search(request), None
    form = FindForm(request.POST if "q" in request.POST else None, initial={"q": text})
    if form.is_bound and form.is_valid():
        return keep_search(request, form.cleaned_data["q"])
    if text:
        people = actions.find_people(by=request.viewer, organisation_id=organisation.pk, text=text)
    if request.POST.get("join"):
        actions.join_group(by=request.viewer, group_id=group_id, person_ids=[id_of(request.POST["join"])])
        return redirect(request.get_full_path())
    if request.POST.get("leave"):
        actions.leave_group(by=request.viewer, group_id=group_id, person_id=id_of(request.POST["leave"]))
        return redirect(request.get_full_path())
    lines = actions.open_group(by=request.viewer, group_id=group_id, date=timezone.localdate())
    inside = {line.person_id for line in lines}
    context = {
        "organisation": organisation,
        "group": found,
        "lines": lines,
        "form": form,
        "found": None if people is None else [(person, person.id in inside) for person in people],
        "crumbs": [
            (_("Groups"), reverse("casework:groups", kwargs={"slug": organisation.slug})),
            (found.name, reverse("casework:group", kwargs={"group_id": group_id})),
            (_("Members"), ""),
        ],
    }
    return render(request, "casework/group_members.html", context)


@staff
@require_POST
def close(request, group_id):
    """Closes a group that meets no more; its attendance stays."""
    found = queries.group(request.viewer, group_id)
    actions.close_group(by=request.viewer, group_id=group_id)
    messages.success(request, _("The group is closed. Its attendance stays recorded."))
    return redirect("casework:groups", slug=organisation_by_id(request.viewer, found.organisation_id).slug)


@staff
@require_http_methods(["GET", "POST"])
def lists(request, slug):
    """Distribution lists, and a new one."""
    organisation = _of(request, slug)
    form = ListForm(
        request.POST or None, country=organisation.country, groups=queries.groups(request.viewer, organisation),
        initial={"date": timezone.localdate()},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        people = _people(request.viewer, organisation, data)
        if not people:
            form.add_error("who", _("Nobody is found this way. Choose another one."))
        else:
            made, done = try_(
                form, actions.make_distribution_list, by=request.viewer, organisation_id=organisation.pk,
                title=data["title"], date=data["date"], service_type=data["service_type"], unit=data["unit"],
                quantity=data["quantity"].value, person_ids=people, place=data["place"],
                area_id=data["area"].pk if data["area"] else None,
            )  # fmt: skip
            if done:
                return redirect("casework:list", list_id=made.pk)
    context = {
        "organisation": organisation,
        "lists": queries.distribution_lists(request.viewer, organisation),
        "form": form,
        "crumbs": [(organisation.name, ""), (_("Distribution lists"), "")],
    }
    return render(request, "casework/lists.html", context, status=status(form))


def _people(viewer, organisation, data):
    """Ids of those who stand on the list, as the form asks."""
    if data["who"] == "group":
        return [member.person_id for member in queries.members_of(viewer, data["group"])]
    if data["who"] == "area":
        return queries.people_for_list(viewer, organisation, area_id=data["area"].pk)
    since = data["date"] - dt.timedelta(days=183)
    return queries.people_for_list(viewer, organisation, service_type=data["service_type"], since=since)


@staff
@require_http_methods(["GET", "POST"])
def list_(request, list_id):
    """A list: to print with room for signatures, and afterwards to tick who signed."""
    if request.method == "POST":
        received = [id_of(text) for text in request.POST.getlist("received")]
        store = request.POST.get("from_stock")
        told = {"list_id": list_id, "received": received, "from_stock": id_of(store) if store else None}
        try:
            count = actions.record_distribution_list(by=request.viewer, **told)
            messages.success(request, _("Recorded for %(count)s.") % {"count": count})
        except Refused as error:
            messages.error(request, said(error))
        return redirect("casework:list", list_id=list_id)
    opened = actions.open_distribution_list(by=request.viewer, list_id=list_id)
    organisation = organisation_by_id(request.viewer, opened.list.organisation_id)
    context = {
        "organisation": organisation,
        "list": opened.list,
        "lines": sorted(opened.lines, key=lambda line: (line.name.split()[-1:], line.name, line.code)),
        "what": entry_words(opened.list),
        "where": where(opened.list.place, opened.list.area),
        "stock": queries.to_give_out(request.viewer, organisation, opened.list.unit),
        "scan_form": ScanForm(),
        "crumbs": [
            (_("Distribution lists"), reverse("casework:lists", kwargs={"slug": organisation.slug})),
            (opened.list.title, ""),
        ],
    }
    return render(request, "casework/list.html", context)


@staff
@require_POST
def attach(request, list_id):
    """Attaches the signed list's scan, encrypted."""
    queries.distribution_list(request.viewer, list_id)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        actions.attach_scan(by=request.viewer, list_id=list_id, data=form.cleaned_data["scan"].read())
        messages.success(request, _("The scan is attached, encrypted."))
    else:
        messages.error(request, " ".join(form.errors.get("scan", ())))
    return redirect("casework:list", list_id=list_id)


@staff
@require_safe
def scan(request, list_id):
    """The scan, opened; as a download, so that no browser runs what is in it."""
    data, media_type = actions.open_scan(by=request.viewer, list_id=list_id)
    answer = HttpResponse(data, content_type=media_type)
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(media_type, "bin")
    answer["Content-Disposition"] = f'attachment; filename="list-{list_id}.{ending}"'
    return answer
