"""`python -m dfp` is `dfp`."""

import sys

from dfp.cli.start import main

if __name__ == "__main__":
    sys.exit(main())
