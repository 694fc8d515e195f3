//! Plays chapter 3: `cargo run -p global-lock-demo`.

use std::process::ExitCode;

use global_lock_demo::thread;
use stage::Chapter;

const CHAPTER: Chapter = Chapter {
    name: "global-lock-demo",
    title: "The global lock",
    scenes: &[],
    reports: &[],
    options: &[],
    marks: &thread::MARKS,
};

fn main() -> ExitCode {
    CHAPTER.play()
}
