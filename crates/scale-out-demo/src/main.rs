//! Plays chapter 7: `cargo run -p scale-out-demo`.

use std::process::ExitCode;

use scale_out_demo::{exercises, roles, scenes};
use stage::{Chapter, ChapterOption};

const CHAPTER: Chapter = Chapter {
    name: "scale-out-demo",
    title: "Beyond one machine",
    scenes: &[
        scenes::queue::SCENE,
        scenes::killed::SCENE,
        scenes::speedup::SCENE,
        scenes::price::SCENE,
        scenes::pressure::SCENE,
        scenes::machines::SCENE,
        scenes::gone::SCENE,
    ],
    reports: &[],
    exercises: &exercises::EXERCISES,
    options: &[ChapterOption {
        name: "redis",
        value: "URL",
        help: "a Redis server to have the jobs, in place of a file: redis://HOST:PORT",
        check: scenes::site::is_redis,
        is_secret: true,
    }],
    marks: &[scenes::lanes::WORKING, scenes::killed::LOST],
};

fn main() -> ExitCode {
    roles::enter();
    CHAPTER.play()
}
