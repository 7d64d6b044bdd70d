# Broken: when its device comes back it goes on at the start, and forgets what it had.
import os
import sys
import time


def opened(path):
    for _ in range(500):
        try:
            return os.open(path, os.O_RDONLY)
        except OSError:
            time.sleep(0.01)
    sys.exit("no " + path)


device = opened(sys.argv[1])
data = b""
for _ in range(3):
    try:
        data += os.read(device, 16)
    except OSError:
        os.close(device)
        device = opened(sys.argv[1])
        data = b""
print(len(data), "bytes")
