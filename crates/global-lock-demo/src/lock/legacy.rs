//! The lock of CPython up to 3.1 (`Python/ceval.c`, `Python/thread_pthread.h` of 2.7).
