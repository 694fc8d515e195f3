//! Plays chapter 3: `cargo run -p global-lock-demo`.

use std::process::ExitCode;

use global_lock_demo::{exercises, python, scenes, thread};
use stage::{Chapter, ChapterOption};

const CHAPTER: Chapter = Chapter {
    name: "global-lock-demo",
    title: "The global lock",
    scenes: &[
        scenes::refcount::SCENE,
        scenes::ways_out::SCENE,
        scenes::in_action::SCENE,
        scenes::timeline::SCENE,
        scenes::waiting::SCENE,
        scenes::convoy::SCENE,
        scenes::your_lock::SCENE,
        scenes::native::SCENE,
        scenes::getting_out::SCENE,
        scenes::beside::SCENE,
        scenes::problems::SCENE,
    ],
    reports: &[scenes::fidelity::SCENE, scenes::run::SCENE],
    marks: &thread::MARKS,
    exercises: &exercises::EXERCISES,
    options: &[
        ChapterOption {
            name: "python",
            value: "PATH",
            help: "a CPython to stand beside the simulated ones (may be given again)",
            check: python::runnable,
            is_secret: false,
        },
        ChapterOption {
            name: "listing",
            value: "FILE",
            help: "for run: what python3.11 -m dis prints of your program",
            check: scenes::run::readable,
            is_secret: false,
        },
        ChapterOption {
            name: "argument",
            value: "TEXT",
            help: "for run: an argument for your program (may be given again)",
            check: |_| Ok(()),
            is_secret: false,
        },
        ChapterOption {
            name: "under",
            value: "STRATEGY",
            help: "for run: only under this strategy (may be given again)",
            check: scenes::run::known,
            is_secret: false,
        },
    ],
};

fn main() -> ExitCode {
    CHAPTER.play()
}
