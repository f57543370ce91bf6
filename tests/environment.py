"""Sets the environment of the suite before Django reads it: a fresh `var` and the servers it talks to.

`MEDICUS_TEST_DATABASE=postgresql` starts a throw-away PostgreSQL; `sqlite` (the default) needs none. A
`DATABASE_URL` that is already set is used instead (pytest-django makes a database of its own in it and drops it).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import services

if "PYTEST_XDIST_WORKER" not in os.environ:
    folder = Path(tempfile.mkdtemp(prefix="medicus-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["MEDICUS_VAR"] = str(folder / "var")
    # A root for temporary folders of its own: pytest closes a shared one to PostgreSQL's user at each start.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    if os.environ.get("MEDICUS_TEST_DATABASE") == "postgresql" and "DATABASE_URL" not in os.environ:
        # What a crash of the machine would lose is of no interest here; the tests that kill it start their own.
        postgres = services.start_postgres(folder / "postgresql", "fsync=off", "full_page_writes=off")
        atexit.register(postgres.kill)
        os.environ["DATABASE_URL"] = postgres.url
else:
    worker = os.environ["PYTEST_XDIST_WORKER"]
    os.environ["MEDICUS_VAR"] = str(Path(os.environ["MEDICUS_VAR"]).with_name(f"var-{worker}"))
Path(os.environ["MEDICUS_VAR"]).mkdir(mode=0o700, exist_ok=True)
