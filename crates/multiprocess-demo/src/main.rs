//! Plays chapter 4: `cargo run -p multiprocess-demo`.

use std::process::ExitCode;

use multiprocess_demo::scenes;
use stage::Chapter;

const CHAPTER: Chapter = Chapter {
    name: "multiprocess-demo",
    title: "Many processes",
    scenes: &[
        scenes::fork::SCENE,
        scenes::copies::SCENE,
        scenes::ways::SCENE,
        scenes::locks::SCENE,
        scenes::endings::SCENE,
    ],
    reports: &[],
    options: &[],
    marks: &[],
};

fn main() -> ExitCode {
    multiprocess_demo::enter();
    CHAPTER.play()
}
