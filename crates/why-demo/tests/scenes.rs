//! Every scene plays, and its claims hold that no other program can spoil.

use std::process::Command;

use serde_json::Value;
use why_demo::scenes;

/// Plays a scene in short.
fn play(scene: &str) -> Value {
    let mut chapter = Command::new(env!("CARGO_BIN_EXE_why-demo"));
    let shown = chapter.args([scene, "--quick", "--json"]).output().expect("the chapter's program");
    let said = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
    let scene: Value = serde_json::from_str(&said).expect("one object");
    assert!(scene["error"].is_null(), "{said}");
    scene
}

/// How often a play may be unlucky where a claim compares times: one core may be twice as fast as the
/// other just then, or another program have it.
const ATTEMPTS: usize = 10;

/// Plays a scene in short until these of its claims hold together, each the only one whose name begins
/// so.
fn play_until_held(scene: &str, names: &[&str]) -> Value {
    let holds = |scene: &Value, name: &&str| claims(scene, name).iter().all(is_held);
    let mut played = play(scene);
    for _ in 1..ATTEMPTS {
        if names.iter().all(|name| holds(&played, name)) {
            break;
        }
        played = play(scene);
    }
    names.iter().for_each(|name| held(&played, name, 1));
    played
}

/// The claims of a scene whose names begin so; that they held, and that there are so many.
fn held(scene: &Value, name: &str, number: usize) {
    let those = claims(scene, name);
    assert_eq!(those.len(), number, "{name}: {scene}");
    assert!(those.iter().all(is_held), "{those:?}");
}

fn claims<'a>(scene: &'a Value, name: &str) -> Vec<&'a Value> {
    let checks = scene["checks"].as_array().expect("claims");
    let begins = |check: &&Value| check["what"].as_str().is_some_and(|what| what.starts_with(name));
    checks.iter().filter(begins).collect()
}

fn is_held(check: &&Value) -> bool {
    check["held"] == true
}

/// Any figure of this kind.
fn has(scene: &Value, kind: &str) -> bool {
    let figures = scene["figures"].as_array().expect("figures");
    figures.iter().any(|figure| !figure[kind].is_null())
}

#[test]
fn lunch() {
    let scene = play("lunch");
    held(&scene, "one thread keeps one core busy", 1);
    assert!(has(&scene, "listing") && has(&scene, "bars"));
}

#[test]
fn waiting() {
    let claims = ["a call into the kernel", "a job that asks a service has no use for its core"];
    let scene = play_until_held("waiting", &claims);
    assert!(has(&scene, "table"));
}

#[test]
fn four() {
    let scene = play("four");
    if cfg!(target_os = "linux") {
        held(&scene, "all of them find the same primes", 1);
        held(&scene, "neither", 1);
        assert!(has(&scene, "timeline"));
    }
}

#[test]
fn gophers() {
    let scene = play("gophers");
    held(&scene, "every design adds up right", 1);
    assert!(has(&scene, "timeline"));
}

#[test]
fn laws() {
    let scene = play("laws");
    assert_eq!(scene["checks"].as_array().map(Vec::len), Some(6), "{scene}");
    assert!(has(&scene, "listing") && has(&scene, "table"));
}

#[test]
fn never() {
    // The answers are checked in every round: a wrong one would be an error.
    play_until_held("never", &["counter: none of", "chain: none of", "tiny tasks: none of"]);
}

#[test]
fn little() {
    let scene = play("little");
    held(&scene, "a client that waits for its answer", 1);
    held(&scene, "fewer can't do it", 1);
}

#[test]
fn there_is_a_test_for_every_scene() {
    let names: Vec<_> = scenes::ALL.iter().map(|scene| scene.name).collect();
    assert_eq!(names, ["lunch", "waiting", "four", "gophers", "laws", "never", "little"]);
}
