# Broken: takes every error for one that passes.
import os
import sys

device = os.open(sys.argv[1], os.O_RDONLY)
records = 0
while records < 2:
    try:
        os.read(device, 16)
        records += 1
    except OSError:
        pass
print(records, "records")
