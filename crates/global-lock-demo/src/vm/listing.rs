//! Reads a program from what `python3.11 -m dis` prints.
