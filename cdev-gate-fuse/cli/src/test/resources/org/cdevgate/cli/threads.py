# Opens a device in forty threads at once and says how many have got it and how many have not.
import os, threading

opened, refused = [], []

def use():
    try:
        fd = os.open("/dev/d0", os.O_RDONLY)
        opened.append(fd)
    except OSError as e:
        refused.append(e)

threads = [threading.Thread(target=use) for _ in range(40)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(len(opened), len(refused))
