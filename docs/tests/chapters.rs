//! What is said of a chapter in several files: all of them know every chapter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use docs::links::{Link, links};
use docs::pointers::{missing_to_read, missing_to_try};
use docs::programs::{is_at_hand, output, program};
use docs::repository::{PAGES, pages, read, resolve, root};
use serde_json::Value;

/// The chapters' packages: who has scenes.
fn chapters() -> Vec<String> {
    let crates = fs::read_dir(root().join("crates")).expect("crates").flatten();
    let chapters = crates.filter(|folder| folder.path().join("src/scenes.rs").exists());
    chapters.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_chapter_is_a_page() {
    let pages = pages();
    let readme = |chapter: &String| PathBuf::from("crates").join(chapter).join("README.md");
    let is_page = |chapter: &String| pages.iter().any(|(_, of)| *of == Some(readme(chapter)));
    let missing: Vec<_> = chapters().into_iter().filter(|chapter| !is_page(chapter)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_chapter_ends_with_a_link_to_the_next() {
    let (pages, contents) = (pages(), read(&Path::new(PAGES).join("SUMMARY.md")));
    let readme = |link: &Link| {
        let page = resolve(Path::new(PAGES), &link.target);
        pages.iter().find(|(candidate, _)| *candidate == page)?.1.clone()
    };
    let in_order: Vec<_> = links(&contents)
        .iter()
        .filter_map(|link| Some((readme(link)?, contents[link.place.clone()].to_owned())))
        .collect();
    // The last of them is the comparison.
    assert_eq!(in_order.len(), chapters().len() + 1);
    for here_and_next in in_order.windows(2) {
        let [(here, _), (next, named)] = here_and_next else { continue };
        let text = read(here);
        let last = text.lines().last().unwrap_or_default();
        let (title, _) = named.split_once("](").expect("a link");
        assert!(last.starts_with(&format!("Next: {title}](")), "{}: {last}", here.display());
        let to: Vec<_> = links(last)
            .iter()
            .map(|link| resolve(here.parent().expect("a folder"), &link.target))
            .collect();
        assert_eq!(to, std::slice::from_ref(next), "{}", here.display());
    }
}

#[test]
fn every_chapter_has_its_rows_and_its_recipe() {
    let [readme, justfile] = ["README.md", "justfile"].map(|file| read(Path::new(file)));
    let mut missing = Vec::new();
    for chapter in chapters() {
        let recipe = chapter.strip_suffix("-demo").unwrap_or(&chapter);
        let lines = [
            (&readme, format!("](crates/{chapter}/README.md) | `cargo run -p {chapter}` |")),
            (&readme, format!("\n| `just {recipe}` | `cargo run -p {chapter}`")),
            (&justfile, format!("\n{recipe} *arguments:\n    cargo run -p {chapter} -- ")),
            (&justfile, format!("\n    just {recipe} {{{{arguments}}}}\n")),
        ];
        missing.extend(lines.into_iter().filter(|(text, line)| !text.contains(line)));
    }
    let missing: Vec<_> = missing.into_iter().map(|(_, line)| line).collect();
    assert!(missing.is_empty(), "README.md or justfile lacks {missing:#?}");
}

/// What `cargo build` leaves out is tested only where somebody has built it.
#[test]
fn every_chapter_but_the_longest_to_compile_is_built_and_tested_by_default() {
    let manifest = read(Path::new("Cargo.toml"));
    let (_, usual) = manifest.split_once("\ndefault-members = [").expect("default members");
    let (usual, _) = usual.split_once(']').expect("their end");
    let is_left_out = |chapter: &String| !usual.contains(&format!("\"crates/{chapter}\""));
    let left_out: Vec<_> = chapters().into_iter().filter(is_left_out).collect();
    assert_eq!(left_out, ["scale-out-demo"]);
}

#[test]
fn what_a_scene_tells_to_read_and_to_change_is_there() {
    let mut wrong = Vec::new();
    for chapter in chapters() {
        if !is_at_hand(&chapter) {
            eprintln!("skipped: {chapter} was not built");
            continue;
        }
        let listed = output(Command::new(program(&chapter)).args(["--list", "--json"]));
        assert!(!listed.is_empty(), "{chapter}");
        for line in listed.lines() {
            // One that `cargo build` leaves out may be older than its sources.
            let scene: Value = serde_json::from_str(line)
                .unwrap_or_else(|why| panic!("cargo build -p {chapter}, and again: {why}"));
            let told = |what: &str| scene[what].as_str().unwrap_or_default();
            let (to_read, to_try) = (missing_to_read(told("read")), missing_to_try(told("try")));
            for missing in to_read.iter().chain(&to_try) {
                wrong.push(format!("{chapter}, {}: there is no {missing}", told("scene")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
