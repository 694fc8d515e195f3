//! The scene `serve` kills a server process, and the others go on.

mod playing;

use playing::play;
use serde_json::Value;

#[test]
fn one_is_killed_and_one_conversation_breaks() {
    let shown = play(&["serve", "--quick", "--json"], None);
    assert!(shown.status.success() && shown.stderr.is_empty(), "{shown:?}");
    let scene: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!(scene["error"].is_null(), "{scene}");
    let checks = scene["checks"].as_array().unwrap();
    let check = |what: &str| {
        let is = |check: &&Value| check["what"].as_str().is_some_and(|said| said.contains(what));
        checks.iter().find(is).unwrap_or_else(|| panic!("no check {what:?}: {scene}"))
    };
    assert_eq!(check("takes its place")["held"], true, "{scene}");
    assert_eq!(check("costs the question")["held"], true, "{scene}");
    let text = scene["figures"].to_string();
    assert!(text.contains("killed by SIGKILL"), "{scene}");
}
