# Runs the command on a terminal, types Ctrl-C, and says how many interrupts its program got.
import os, pty, re, sys

program = """
import os, signal, sys, time
count = 0
def interrupted(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, interrupted)
print("ready", flush=True)
while not count:
    time.sleep(0.01)
time.sleep(0.5)
print("count", count, flush=True)
sys.exit(6)
"""

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "run", "--device", "d0=null", "--", "python3", "-c", program])

said = b""
typed = False
while True:
    try:
        more = os.read(terminal, 1000)
    except OSError: # the other side is closed
        break
    said += more
    if b"ready" in said and not typed:
        typed = True
        os.write(terminal, b"\x03")
_, status = os.waitpid(pid, 0)
counts = re.findall(rb"count (\d+)", said)
if not counts:
    sys.exit(said.decode())
print("interrupts %s, exit %d" % (counts[0].decode(), os.waitstatus_to_exitcode(status)))
