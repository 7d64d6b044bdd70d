# Broken: ends without the child that it has started.
import os
import subprocess
import sys

child = subprocess.Popen(["sleep", "1000"])
try:
    with open(sys.argv[1], "rb", buffering=0) as device:
        for _ in range(2):
            device.read(16)
except OSError as e:
    sys.exit(str(e))
child.kill()
child.wait()
