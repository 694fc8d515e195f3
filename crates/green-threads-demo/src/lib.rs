#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!(
    "green threads switch stacks by hand, and here that is written for x86-64 and aarch64"
);

pub mod blocking;
pub mod exercises;
#[expect(unsafe_code, reason = "to leave one stack for another is nothing that the compiler knows")]
pub mod green;
pub mod scenes;
pub mod solve;
pub mod stop;
