//! Wrong use is answered in a line, and the scenes whose verdicts depend on no clock hold.

use std::process::{Command, Output};

fn chapter(arguments: &[&str]) -> Output {
    let chapter = Command::new(env!("CARGO_BIN_EXE_scale-out-demo")).args(arguments).output();
    chapter.expect("the chapter")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn wrong_use_is_refused_in_a_line() {
    let refused: [&[&str]; 5] = [
        &["--redis", "127.0.0.1:6379"],
        &["--redis", "redis://a:b:c"],
        &["--redis"],
        &["be-a-worker", "of wonders"],
        &["be-a-guard"],
    ];
    for arguments in refused {
        let output = chapter(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert_eq!(said(&output).lines().count(), 1, "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    // Nobody listens at the first port of all.
    let output = chapter(&["queue", "--quick", "--redis", "redis://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.contains("redis://127.0.0.1:1") && said.contains("refused"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn what_depends_on_no_clock_holds() {
    for scene in ["killed", "machines", "gone"] {
        let output = chapter(&[scene, "--quick", "--json"]);
        assert!(output.status.success(), "{scene}: {}", said(&output));
        let played: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        for check in played["checks"].as_array().expect("checks") {
            assert_eq!(check["held"], true, "{scene}: {check}");
        }
    }
}
