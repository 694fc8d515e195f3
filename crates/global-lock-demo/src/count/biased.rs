//! Biased reference counts (PEP 703).
