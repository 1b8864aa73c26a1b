"""What the production server loads; with DUGA_CLOCK=1 the clock ticks in the same process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

if os.environ.get("DUGA_CLOCK") == "1":
    from config.clock import start_beside

    start_beside()
