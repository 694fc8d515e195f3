//! Plays chapter 3: `cargo run -p global-lock-demo`.

use std::process::ExitCode;

use global_lock_demo::{python, thread};
use stage::{Chapter, ChapterOption};

const CHAPTER: Chapter = Chapter {
    name: "global-lock-demo",
    title: "The global lock",
    scenes: &[],
    reports: &[],
    marks: &thread::MARKS,
    options: &[ChapterOption {
        name: "python",
        value: "PATH",
        help: "a CPython to stand beside the simulated ones (may be given again)",
        check: python::runnable,
    }],
};

fn main() -> ExitCode {
    CHAPTER.play()
}
