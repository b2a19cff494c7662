"""`python -m contracts.documents`: write what is generated from the contracts, and name what changed."""

import sys

from contracts.documents import ROOT, write

for path in write():
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")
