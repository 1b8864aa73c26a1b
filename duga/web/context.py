"""What every page knows."""

from django.conf import settings


def site(request):
    """The viewer, and whether this is a demo."""
    return {"viewer": getattr(request, "viewer", None), "is_demo": settings.DEMO}
