//! What is said of a chapter in several files: all of them know every chapter.

use std::fs;
use std::path::{Path, PathBuf};

use docs::repository::{pages, read, root};

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
