//! Plays chapter 1: `cargo run -p why-demo`.

use std::process::ExitCode;

use stage::Chapter;
use why_demo::{exercises, scenes};

const CHAPTER: Chapter = Chapter {
    name: "why-demo",
    title: "Why concurrency",
    scenes: scenes::ALL,
    reports: &[],
    exercises: &exercises::EXERCISES,
    options: &[],
    marks: scenes::MARKS,
};

fn main() -> ExitCode {
    CHAPTER.play()
}
