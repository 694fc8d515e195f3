//! What a process with a single thread can do: fork. So this test runs without the harness, which has
//! threads, and starts copies of itself. After each test it looks whether anything is left behind.

#[cfg(target_os = "linux")]
mod common;
#[cfg(target_os = "linux")]
#[path = "single/linux.rs"]
mod linux;

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("skipped: what is left behind is read from /proc");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}
