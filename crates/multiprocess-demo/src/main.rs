//! Plays chapter 4: `cargo run -p multiprocess-demo`.

use std::process::ExitCode;

use multiprocess_demo::{exercises, scenes};
use stage::{Chapter, ChapterOption};
use workloads::files::telling::readable;

const CHAPTER: Chapter = Chapter {
    name: "multiprocess-demo",
    title: "Many processes",
    scenes: &[
        scenes::fork::SCENE,
        scenes::copies::SCENE,
        scenes::ways::SCENE,
        scenes::tax::SCENE,
        scenes::pool::SCENE,
        scenes::shared::SCENE,
        scenes::killed::SCENE,
        scenes::locks::SCENE,
        scenes::endings::SCENE,
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
    marks: &[scenes::killed::LOST],
};

fn main() -> ExitCode {
    multiprocess_demo::enter();
    CHAPTER.play()
}
