//! What a scene sends its reader to is there.

use std::fs;
use std::path::Path;

use green_threads_demo::scenes;

/// The paths in a text, from the workspace's root.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().filter(|word| word.starts_with("crates/"));
    words.map(|word| word.trim_end_matches([',', '.', ':', ';']))
}

/// The functions in a text, as `name()`.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split([' ', ':', ',']).filter_map(|word| word.strip_suffix("()"));
    words.filter(|name| name.chars().all(|c| c.is_lowercase() || c == '_'))
}

#[test]
fn what_is_to_be_read_or_tried_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for scene in scenes::ALL {
        for path in paths(scene.try_this).chain(paths(scene.read)) {
            assert!(root.join(path).is_file(), "{}: there is no {path}", scene.name);
        }
        let sources: Vec<_> =
            paths(scene.read).map(|path| fs::read_to_string(root.join(path)).unwrap()).collect();
        assert!(!sources.is_empty(), "{}: nothing to read", scene.name);
        for name in functions(scene.read) {
            let is_there = sources.iter().any(|source| source.contains(&format!("fn {name}")));
            assert!(is_there, "{}: there is no {name}() in what is to be read", scene.name);
        }
    }
}
