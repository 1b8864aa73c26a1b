"""Guides, for readers and for who writes them; the lists of services a worker keeps."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from duga.directory import actions
from duga.directory.forms.guides import GuideForm, KeepForm
from duga.directory.queries import finder as found_by
from duga.directory.queries import guides as queries
from duga.directory.queries import provider_to_edit
from duga.directory.views.finder import EXIT, untraced
from duga.plain.errors import NotFound
from duga.ui.pages import staff, status, try_


@gzip_page
@require_safe
def guide(request, guide_id):
    """A guide in large print; beside services that are not public, for who writes it alone."""
    try:
        found, discreet = found_by.guide_page(guide_id, timezone.now())
    except NotFound:
        if not request.viewer.known:
            raise
        found, discreet = queries.guide_to_edit(request.viewer, guide_id)[0], True
    honesty = found_by.untranslated(found.language, get_language())
    context = {"guide": found, "honesty": honesty, "discreet": discreet, "exit": EXIT}
    context["crumbs"] = [(_("Find help"), "/services/"), (_("Step by step"), "")]
    return untraced(render(request, "directory/finder/guide.html", context), discreet)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def guides(request, provider_id, guide_id=None):
    """A provider's guides, and the form to write one."""
    provider = provider_to_edit(request.viewer, provider_id)
    written, services = queries.guides_of(request.viewer, provider_id)
    if request.method == "POST" and request.POST.get("do") == "remove" and guide_id:
        actions.remove_guide(by=request.viewer, guide_id=guide_id)
        return redirect("directory:guides", provider_id=provider_id)
    initial = {"language": provider.language}
    if guide_id:
        found, beside = queries.guide_to_edit(request.viewer, guide_id)
        initial = {"title": found.title, "language": found.language, "steps": "\n".join(found.steps),
                   "video": found.video, "services": [str(pk) for pk in beside]}  # fmt: skip
    form = GuideForm(request.POST or None, initial=initial, services=services)
    if form.is_valid():
        told = {"by": request.viewer, "provider_id": provider_id, "guide_id": guide_id, **form.told()}
        made, done = try_(form, actions.write_guide, **told)
        if done:
            return redirect("directory:guide", guide_id=made.pk)
    context = {"provider": provider, "written": written, "form": form, "guide_id": guide_id}
    context["crumbs"] = [(provider.name, ""), (_("Guides"), "")]
    return render(request, "directory/guides/guides.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request):
    """One's own lists of services; by POST a service is put into one."""
    if request.method == "POST":
        form = KeepForm(request.POST)
        form.is_valid()
        told = form.cleaned_data
        kept = told.get("saved_list") or actions.save_list(by=request.viewer, name=told.get("name") or "").pk
        if told.get("service"):
            actions.keep_in_list(by=request.viewer, list_id=kept, service_id=told["service"])
        return redirect("directory:saved_list", list_id=kept)
    context = {"lists": queries.saved_lists(request.viewer), "crumbs": [(_("Lists of services"), "")]}
    return render(request, "directory/guides/lists.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def saved_list(request, list_id):
    """One of one's own lists, to look at and to print."""
    found, ids = queries.saved_list(request.viewer, list_id)
    if request.method == "POST":
        form = KeepForm(request.POST)
        if form.is_valid() and form.cleaned_data["leave_out"]:
            actions.leave_out(by=request.viewer, list_id=list_id, service_id=form.cleaned_data["leave_out"])
        elif request.POST.get("do") == "remove":
            actions.remove_list(by=request.viewer, list_id=list_id)
            return redirect("directory:saved_lists")
        return redirect("directory:saved_list", list_id=list_id)
    cards = found_by.cards_of(ids, get_language(), timezone.now())
    context = {"saved": found, "cards": cards, "today": timezone.localdate()}
    context["crumbs"] = [(_("Lists of services"), "/workspace/directory/lists/"), (found.name, "")]
    return render(request, "directory/guides/saved_list.html", context)
