//! The crowd of the scene `crowd`, which is a process of its own: the chapter's program.

use std::process::{Command, Output};

fn play(arguments: &[&str]) -> Output {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_green-threads-demo"));
    chapter.args(arguments).output().expect("the chapter's program")
}

#[test]
fn one_thread_of_the_operating_system_has_them_all_in_flight() {
    let shown = play(&["crowd", "--quick", "--json"]);
    let said = String::from_utf8(shown.stdout).expect("text");
    let scene: serde_json::Value = serde_json::from_str(&said).expect("one object");
    assert!(scene["error"].is_null(), "{said}");
    let figures = scene["figures"].as_array().expect("figures");
    let table = figures.iter().find(|figure| !figure["table"].is_null()).expect("a table");
    let green = &table["table"]["rows"][0];
    let expected = ["green threads", "1000", "1000"];
    assert_eq!([&green[0], &green[1], &green[2]], expected.map(serde_json::Value::from).each_ref());
    if cfg!(target_os = "linux") {
        assert_eq!(green[3], "1", "threads");
    }
}

#[test]
fn a_crowd_that_can_not_be_held_says_why_in_one_line() {
    // Nobody listens at this port: it is reserved. And a crowd of none is none.
    for clients in ["10", "0"] {
        let shown = play(&["hold-a-crowd", "0", clients, "127.0.0.1:1", "1"]);
        let said = String::from_utf8(shown.stderr).expect("text");
        assert_eq!((shown.status.success(), said.lines().count()), (false, 1), "{said}");
    }
}
