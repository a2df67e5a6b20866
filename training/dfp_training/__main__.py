"""`python -m dfp_training` is `dfp-train`."""

import sys

from dfp_training.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
