"""Prints what a sensor says, line by line, and ends when it is unplugged."""
import os
import sys

try:
    sensor = os.open(sys.argv[1], os.O_RDONLY)
    while data := os.read(sensor, 64):
        print(data.decode(), end="", flush=True)
except OSError as e:
    sys.exit(f"{sys.argv[1]}: {e.strerror}")
