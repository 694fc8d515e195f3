# Before a program, for a Python that is older than the program: what it lacks.
from __future__ import division, print_function
import sys, time
if not hasattr(time, "perf_counter"):
    time.perf_counter = time.time
if not hasattr(sys, "setswitchinterval"):
    sys.setswitchinterval = lambda seconds: None
try:
    range = xrange
except NameError:
    pass
