//! Where what is.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("docs lies in the repository").to_owned()
}

/// The book's pages, as mdBook finds them.
pub const PAGES: &str = "docs/pages";

/// A text of the repository.
///
/// # Panics
/// If there is no such file.
#[must_use]
pub fn read(path: &Path) -> String {
    let whole = root().join(path);
    fs::read_to_string(&whole).unwrap_or_else(|why| panic!("{}: {why}", whole.display()))
}

/// The Markdown that people read, in the order of the paths, relative to the root.
#[must_use]
pub fn texts() -> Vec<PathBuf> {
    let mut texts = Vec::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root().join(&directory)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let path = directory.join(&name);
            let hidden = name.to_string_lossy().starts_with('.') && name != ".github";
            match entry.path().is_dir() {
                true if hidden || name == "target" => {}
                true => directories.push(path),
                false if path.extension().is_some_and(|end| end == "md") => texts.push(path),
                false => {}
            }
        }
    }
    texts.sort();
    texts
}

/// The pages, each with the chapter's README that it includes, if it is nothing but that.
#[must_use]
pub fn pages() -> Vec<(PathBuf, Option<PathBuf>)> {
    let pages = texts().into_iter().filter(|text| text.starts_with(PAGES));
    pages.map(|page| (page.clone(), included(&page))).collect()
}

/// The README that a page consists of.
fn included(page: &Path) -> Option<PathBuf> {
    let text = read(page);
    let name = text.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
    Some(resolve(page.parent()?, name))
}

/// A relative path, seen from a directory, seen from the root.
#[must_use]
pub fn resolve(directory: &Path, target: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in directory.join(target).components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::CurDir => {}
            component => resolved.push(component),
        }
    }
    resolved
}
