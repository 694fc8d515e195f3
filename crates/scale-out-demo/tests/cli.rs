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
fn a_password_is_not_repeated() {
    for url in [
        "redis://me:secret@",
        "redis://me:secret@host:port",
        "redis://me:secret",
        "redis:/me:secret@host",
        "me:secret@host:6379",
    ] {
        let output = chapter(&["queue", "--quick", "--redis", url]);
        let said = said(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{url}: {said}");
        assert!(said.contains("redis://127.0.0.1:6379") && !said.contains("secret"), "{said}");
    }
    for arguments in [&["queue", "--quick"][..], &["queue", "--quick", "--json"]] {
        let url = ["--redis", "redis://me:secret@127.0.0.1:1"];
        let output = chapter(&[arguments, &url].concat());
        let all = format!("{}{}", said(&output), String::from_utf8_lossy(&output.stdout));
        assert!(all.contains("redis://me:…@127.0.0.1:1") && !all.contains("secret"), "{all}");
    }
}

#[test]
fn what_depends_on_no_clock_holds() {
    // Of each scene the claims, and how many there are at least: several machines can't be had everywhere.
    let claims: [(&str, usize, &[&str]); 3] = [
        ("killed", 3, &["nothing is lost", "under its key", "added to a sum"]),
        ("machines", 0, &["each page is in the totals once"]),
        ("gone", 3, &["file: ", "server: "]),
    ];
    for (scene, least, claims) in claims {
        let output = chapter(&[scene, "--quick", "--json"]);
        assert!(output.status.success(), "{scene}: {}", said(&output));
        let played: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let checks = played["checks"].as_array().expect("checks");
        let claimed = checks.iter().filter(|check| {
            let what = check["what"].as_str().unwrap_or_default();
            claims.iter().any(|claim| what.starts_with(claim))
        });
        let claimed: Vec<_> = claimed.collect();
        for check in &claimed {
            assert_eq!(check["held"], true, "{scene}: {check}");
        }
        assert!(claimed.len() >= least, "{scene}: {claimed:?}");
    }
}
