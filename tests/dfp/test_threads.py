"""How many threads the programs begin with."""

import os
import platform
import subprocess
import sys

import pytest

from dfp.threads import OF_INTEL, settle_threads

STARTS = {
    "dfp": "from dfp.cli.start import main",
    "dfp-server": "from dfp_server.cli.main import main",
}
COUNT = (
    "import contextlib, os, sys\n"
    "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(sys.stderr):\n"
    "    main(['--version'])\n"
    "import numpy as np\n"
    "many = np.ones((600, 600), np.float32)\n"
    "many @ many\n"
    "print(len(os.listdir('/proc/self/task')))\n"
)


def threads_of(program: str, **asked: str) -> int:
    """How many threads a program has once it has multiplied with numpy."""
    kept = {name: text for name, text in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", f"{STARTS[program]}\n{COUNT}"]
    done = subprocess.run(command, env=kept | asked, capture_output=True, text=True, timeout=120, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a program's threads in a folder")
@pytest.mark.skipif(platform.machine() not in OF_INTEL, reason="on other processors OpenBLAS is PyTorch's, too")
@pytest.mark.parametrize("program", STARTS)
def test_numpy_multiplies_on_one_thread_unless_somebody_wants_more(program: str) -> None:
    assert threads_of(program) == 1
    if (os.cpu_count() or 1) > 1:
        assert threads_of(program, OPENBLAS_NUM_THREADS="2") > 1


def test_what_is_set_stays() -> None:
    environment = {"OMP_WAIT_POLICY": "ACTIVE", "OPENBLAS_NUM_THREADS": "3"}
    settle_threads(environment)
    assert environment == {"OMP_WAIT_POLICY": "ACTIVE", "OPENBLAS_NUM_THREADS": "3"}
