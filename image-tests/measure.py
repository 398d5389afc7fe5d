"""Runs a program and says on stderr how much memory the largest of its processes had, in KiB.

python3 -c "$(cat measure.py)" PROGRAM ARGUMENT…
"""

import resource
import subprocess
import sys

code = subprocess.run(sys.argv[1:], check=False).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f"\nglaciocloud-peak-kb {peak}", file=sys.stderr, flush=True)
sys.exit(128 - code if code < 0 else code)
