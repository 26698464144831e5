"""The studio's tests. Bytecode is kept even where the environment says no: a run starts many processes, and each would
compile Django and the studio anew (1.9 s of a processor instead of 0.7)."""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
