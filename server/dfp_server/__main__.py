"""`python -m dfp_server` is `dfp-server`."""

import sys

from dfp_server.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
