"""What the production server loads; with DUGA_CLOCK=1 the clock ticks in the same process."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded stays, and a request leaves few cycles behind: looking for them as often as Python does by itself takes
# a fifth of the time of every request.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

if os.environ.get("DUGA_CLOCK") == "1":
    from config.clock import start_beside

    start_beside()
