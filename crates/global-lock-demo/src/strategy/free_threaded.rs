//! No lock: biased counts and per-object locks (PEP 703).
