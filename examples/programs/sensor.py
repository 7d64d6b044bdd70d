"""Prints what a sensor says, line by line."""
import os
import sys

sensor = os.open(sys.argv[1], os.O_RDONLY)
while True:
    try:
        data = os.read(sensor, 64)
    except OSError:
        continue  # busy? try again
    if not data:
        break
    print(data.decode(), end="")
