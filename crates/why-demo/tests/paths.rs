//! What the chapter tells its reader to read is there.

use std::fs;
use std::path::{Path, PathBuf};

use why_demo::scenes;

fn chapter() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the links of a text lead, as they stand in it.
fn links(text: &str) -> Vec<&str> {
    let after = text.split("](").skip(1);
    after.filter_map(|rest| rest.split(')').next()).collect()
}

#[test]
fn every_link_of_the_readme_leads_to_a_file() {
    let text = fs::read_to_string(chapter().join("README.md")).expect("the README");
    let links = links(&text);
    assert!(links.len() > 10);
    for link in links {
        assert!(link.starts_with("http") || chapter().join(link).exists(), "{link}");
    }
}

#[test]
fn what_a_scene_tells_to_read_and_to_change_is_there() {
    let root = chapter().join("../..");
    for scene in scenes::ALL {
        for text in [scene.read, scene.try_this] {
            let words = text.split([' ', ',', ':', '\n']);
            let paths: Vec<_> = words.filter(|word| word.ends_with(".rs")).collect();
            let beside = |path: &str| {
                let file = Path::new(paths[0]).with_file_name(path);
                root.join(path).exists() || root.join(file).exists()
            };
            assert!(paths.iter().all(|path| beside(path)), "{}: {paths:?}", scene.name);
            let Some(path) = paths.first() else { continue };
            let source = fs::read_to_string(root.join(path)).expect("a source file");
            let named = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '('));
            for name in named.filter_map(|word| word.strip_suffix('(')) {
                let function = format!("fn {name}");
                assert!(source.contains(&function), "{}: {name}() in {path}", scene.name);
            }
            let constant = |word: &&str| {
                word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            };
            let constants = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            for name in constants.filter(constant) {
                assert!(source.contains(name), "{}: {name} in {path}", scene.name);
            }
        }
        assert!(scene.read.contains("crates/why-demo/src/"), "{}", scene.name);
    }
}
