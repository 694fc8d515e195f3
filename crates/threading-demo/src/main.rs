//! Plays chapter 2: `cargo run -p threading-demo`.

use std::process::ExitCode;

use stage::{Chapter, ChapterOption};
use threading_demo::{exercises, scenes};
use workloads::files::telling::readable;

const CHAPTER: Chapter = Chapter {
    name: "threading-demo",
    title: "Threads",
    scenes: &[
        scenes::spawn::SCENE,
        scenes::lost_update::SCENE,
        scenes::locks::SCENE,
        scenes::deadlock::SCENE,
        scenes::waiting::SCENE,
        scenes::channels::SCENE,
        scenes::pools::SCENE,
        scenes::panics::SCENE,
        scenes::speedup::SCENE,
        scenes::files::SCENE,
        scenes::serve::SCENE,
    ],
    reports: &[],
    exercises: &exercises::EXERCISES,
    options: &[ChapterOption {
        name: "path",
        value: "DIR",
        help: "for files: the directory whose words are counted",
        check: readable,
        is_secret: false,
    }],
    marks: &[],
};

fn main() -> ExitCode {
    CHAPTER.play()
}
