//! Plays chapter 6: `cargo run -p green-threads-demo`.

use std::process::ExitCode;

use green_threads_demo::{exercises, scenes};
use stage::{Chapter, ChapterOption};
use workloads::files::telling::readable;

const CHAPTER: Chapter = Chapter {
    name: "green-threads-demo",
    title: "Green threads",
    scenes: scenes::ALL,
    reports: &[],
    exercises: &exercises::EXERCISES,
    options: &[ChapterOption {
        name: "path",
        value: "DIR",
        help: "for orders: the directory whose words are counted",
        check: readable,
        is_secret: false,
    }],
    marks: scenes::MARKS,
};

fn main() -> ExitCode {
    scenes::crowd::child::enter().unwrap_or_else(|| CHAPTER.play())
}
