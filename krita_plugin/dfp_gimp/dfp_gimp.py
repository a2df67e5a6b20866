#!/usr/bin/env python3
"""What GIMP starts: the file that is called as its folder is. It imports the package that it lies in."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Do what GIMP asks for on the command line."""
    # Beside this file the package's parts would be modules of their own, and this file the package.
    sys.path[:] = [folder for folder in sys.path if Path(folder).resolve() != HERE]
    sys.path.append(str(HERE.parent))
    from dfp_gimp.language import speak  # pyright: ignore[reportMissingImports]

    # Before anything else, because whatever is imported next may read the texts at once.
    speak()
    from dfp_gimp.plugin import start  # pyright: ignore[reportMissingImports]

    start(sys.argv)


if __name__ == "__main__":
    main()
