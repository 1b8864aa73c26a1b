"""Work outside the request: load, one action, say what happened."""

from django_tasks import task

from duga.casework import actions
from duga.members.queries import viewer_by_email


@task()
def run_staged(email: str, staged_id: str) -> str:
    """Checks or imports a file on its way in, as the person who brought it."""
    staged = actions.run_staged(by=viewer_by_email(email), staged_id=staged_id)
    return staged.state
