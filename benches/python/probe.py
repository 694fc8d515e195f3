"""Says what an interpreter is, as a line of JSON: also of a very old one."""

import json
import platform
import sys


def importable(name):
    try:
        __import__(name)
    except Exception:  # One that is half installed raises what it likes.
        return False
    return True


# Asked before anything is imported that might switch it on again.
gil = getattr(sys, "_is_gil_enabled", lambda: True)()
implementation = platform.python_implementation()
print(json.dumps({
    "language": implementation + " " + platform.python_version()
    + ("" if gil else " free-threaded"),
    "short": implementation.lower().replace("cpython", "python")
    + "%d.%d" % sys.version_info[:2] + ("" if gil else "t"),
    "version": sys.version_info[:2],
    "gil": gil,
    "executable": sys.executable,
    "libraries": [name for name in ("gevent", "tornado") if importable(name)],
}))
