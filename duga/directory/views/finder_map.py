"""/services/map/: what was found, on a map that is drawn here and asks nobody else for anything."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from duga.directory.forms.finder import read
from duga.directory.queries.finder.drawing import draw
from duga.directory.rules.asked import Asked
from duga.directory.rules.words import label_of


@gzip_page
@require_safe
def finder_map(request):
    """A list and a map beside it, of a need and an area; about violence there is none."""
    asked, _place = read(request.GET, address=True)
    asked = Asked(need=asked.need, country=asked.country, area=asked.area)
    drawing = None if asked.discreet else draw(asked, get_language(), timezone.now())
    if drawing is None:
        return redirect(asked.address or "directory:finder")
    need = label_of("needs", asked.need, get_language()) if asked.need else _("Services")
    context = {"asked": asked, "drawing": drawing, "found": drawing.found, "need": need}
    context["crumbs"] = [(_("Find help"), "/services/"), (_("Services"), asked.address), (_("Map"), "")]
    return render(request, "directory/finder/map.html", context)
