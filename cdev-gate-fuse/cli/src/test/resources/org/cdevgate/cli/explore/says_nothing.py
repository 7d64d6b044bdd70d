# Broken: an error is the end of its data, and all is well.
import os
import sys

total = 0
try:
    with open(sys.argv[1], "rb", buffering=0) as device:
        for _ in range(2):
            total += len(device.read(16))
except OSError:
    pass
print("done")
