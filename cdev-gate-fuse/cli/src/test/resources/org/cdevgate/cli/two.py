# Reads device a until it goes, talks to device b meanwhile, and waits for a to come back.
import errno, os, time

a = os.open("/dev/a", os.O_RDONLY)
b = os.open("/dev/b", os.O_RDWR)
print("a", len(os.read(a, 4)))
try:
    os.read(a, 4)
except OSError as e:
    print("a", errno.errorcode[e.errno])
os.write(b, b"hello")
print("b", os.read(b, 10).decode())
while True:
    try:
        again = os.open("/dev/a", os.O_RDONLY)
        break
    except OSError:
        time.sleep(0.01)
print("a", len(os.read(again, 4)))
