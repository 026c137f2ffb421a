"""`python -m bizrules`: the same as the command `bizrules`."""

import sys

from bizrules.cli import main

if __name__ == "__main__":
    sys.exit(main())
