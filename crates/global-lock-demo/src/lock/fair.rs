//! A fair lock: no interpreter's.
