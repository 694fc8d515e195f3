//! One lock for each of several interpreters (PEP 684).
