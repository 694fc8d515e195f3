//! Plays chapter 5: `cargo run -p event-loop-demo`.

use std::process::ExitCode;

use event_loop_demo::{exercises, scenes};
use stage::{Chapter, ChapterOption};
use workloads::files::telling::readable;

const CHAPTER: Chapter = Chapter {
    name: "event-loop-demo",
    title: "Sync and async: an event loop, built",
    scenes: scenes::ALL,
    reports: &[],
    exercises: &exercises::EXERCISES,
    options: &[ChapterOption {
        name: "path",
        value: "DIR",
        help: "for orders: the directory whose words are counted (else what cargo has \
               downloaded: the sources of the packages that this was built from)",
        check: readable,
        is_secret: false,
    }],
    marks: scenes::MARKS,
};

fn main() -> ExitCode {
    scenes::crowd::child::enter().unwrap_or_else(|| CHAPTER.play())
}
