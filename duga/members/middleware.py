"""Gives every request its viewer."""

from django.utils.functional import SimpleLazyObject

from duga.members.queries import viewer_of


class ViewerMiddleware:
    """`request.viewer`: who looks. Read lazily, so that public pages ask nothing of the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewer = SimpleLazyObject(lambda: viewer_of(request.user))
        return self.get_response(request)
