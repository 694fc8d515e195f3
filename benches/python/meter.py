"""What work costs a program and the processes that it has started.

The counterpart of `benches/src/usage.rs`, with the same names.
"""

import sys
from os import getpid, listdir
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

COUNTERS = "cpu_ms", "voluntary_switches", "involuntary_switches"


class Meter:
    """The meter of one piece of work, which begins now."""

    def __init__(self):
        # To look for processes takes longer than many a piece of work: so it
        # comes first here and last below, and doesn't count.
        self.others = used_by_others()
        self.ours = used_by_us()
        self.start = perf_counter()

    def read(self):
        """What the work has cost until now, by name."""
        wall = perf_counter() - self.start
        after = zip(used_by_us(), used_by_others())
        before = zip(self.ours, self.others)
        used = [sum(new) - sum(old) for new, old in zip(after, before)]
        figures = dict(zip(COUNTERS, used), wall_ms=wall * 1e3)
        return dict(figures, peak_memory_mib=peak_memory_mib())


def used_by_us():
    """In the order of COUNTERS, with those that have ended and were waited
    for."""
    usages = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return (
        sum(use.ru_utime + use.ru_stime for use in usages) * 1e3,
        sum(use.ru_nvcsw for use in usages),
        sum(use.ru_nivcsw for use in usages),
    )


def used_by_others():
    """The same for the processes that are alive: for the first thread of
    each, which is all that the processes of a pool have."""
    columns = 0, 0, 0
    for process in descendants():
        nanos = read(process, "schedstat").split()
        told = status(process)
        used = (
            int(nanos[0]) / 1e6 if nanos else 0,
            told.get("voluntary_ctxt_switches", 0),
            told.get("nonvoluntary_ctxt_switches", 0),
        )
        columns = tuple(map(sum, zip(columns, used)))
    return columns


def peak_memory_mib():
    """The most that each process had in memory at any time, added up."""
    if sys.platform != "linux":
        return getrusage(RUSAGE_SELF).ru_maxrss / 2**20
    # Not ru_maxrss: on Linux that begins with what the parent had.
    processes = [getpid(), *descendants()]
    return sum(status(process).get("VmHWM", 0) for process in processes) / 1024


def descendants():
    """The processes alive that this one has started, or that those have."""
    parents = {}
    for process in listdir("/proc") if sys.platform == "linux" else ():
        if process.isdigit():
            # Behind the name, which may hold anything: the state, the parent.
            fields = read(process, "stat").rpartition(")")[2].split()
            parents[int(process)] = int(fields[1]) if fields else 0
    found = [getpid()]
    for ancestor in found:
        found += [child for child in parents if parents[child] == ancestor]
    return found[1:]


def status(process):
    """The numbers that Linux tells of a process, by name."""
    lines = map(str.split, read(process, "status").splitlines())
    return {
        name.rstrip(":"): int(values[0])
        for name, *values in lines
        if values and values[0].isdigit()
    }


def read(process, name):
    """A file about a process; nothing if that has ended meanwhile."""
    try:
        with open(f"/proc/{process}/{name}") as file:
            return file.read()
    except OSError:
        return ""
