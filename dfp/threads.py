"""What threads of other libraries may do in a program of ours; said before any of these libraries is imported."""

import os
import platform
from collections.abc import MutableMapping

# Processors for which PyTorch multiplies with a library of Intel's. On others it does with OpenBLAS, as numpy does.
OF_INTEL = "x86_64", "AMD64"


def settle_threads(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let threads take processors neither from other programs nor from each other. What is set already stays."""
    # Those of PyTorch that wait for work would spin: beside other work that makes it ten times slower.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Those of numpy's OpenBLAS spin whatever is said, and the finder's products are too small to share.
    if platform.machine() in OF_INTEL:
        environment.setdefault("OPENBLAS_NUM_THREADS", "1")
