# Before a program: it ends when whoever started it has gone, however that went.
import os, threading
def _wait_for_the_end():
    os.read(0, 1)
    os._exit(1)
_guard = threading.Thread(target=_wait_for_the_end)
_guard.daemon = True
_guard.start()
