"""The Django half of the web process."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
application = get_wsgi_application()
# Nearly all of what an answer is made of goes with it. Looking for circles after each 700 objects, as Python does, took
# a twentieth of every answer.
gc.set_threshold(10_000, 20, 20)
