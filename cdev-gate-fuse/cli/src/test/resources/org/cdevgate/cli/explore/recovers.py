# Correct: waits for its device to come back, for a while, and goes on where it was.
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
while len(data) < 48:
    try:
        os.lseek(device, len(data), os.SEEK_SET)
        data += os.read(device, 16)
    except OSError:
        os.close(device)
        device = opened(sys.argv[1])
print(len(data), "bytes")
