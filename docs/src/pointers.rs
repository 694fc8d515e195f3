//! Where a scene sends its reader: the paths and the names in its lines `try` and `read`.
//!
//! A path is whole, from the repository's root: who reads it opens it, and need not search. What is
//! to be seen there has its name beside it: `name()`, `Type`, `CONSTANT`.

use std::fs;

use crate::repository::root;

/// What is not there of what a line `read` names: a path, or what one of its files should define.
#[must_use]
pub fn missing_to_read(line: &str) -> Vec<String> {
    let Pointers { files, names, mut missing } = Pointers::of(line);
    if files.is_empty() {
        missing.push("a file to read".into());
    }
    const KINDS: [&str; 6] = ["fn", "struct", "enum", "trait", "const", "static"];
    let defines = |name: &str, file: &String| {
        KINDS.iter().any(|kind| has_word(file, &format!("{kind} {name}")))
    };
    let lost = names.into_iter().filter(|name| !files.iter().any(|file| defines(name, file)));
    missing.extend(lost);
    missing
}

/// What is not there of what a line `try` names: a path, or what one of its files should have, to be
/// changed. A line that names no file is a command.
#[must_use]
pub fn missing_to_try(line: &str) -> Vec<String> {
    let Pointers { files, names, mut missing } = Pointers::of(line);
    // Here are whole sentences: a capital may begin one, or be a type that is only to be written.
    let is_type = |name: &str| {
        name.starts_with(char::is_uppercase) && name.contains(|c: char| c.is_ascii_lowercase())
    };
    let is_there = |name: &String| files.iter().any(|file| has_word(file, name));
    let is_lost = |name: &String| !files.is_empty() && !is_type(name) && !is_there(name);
    missing.extend(names.into_iter().filter(is_lost));
    missing
}

/// Whether a text has this as a word, and not as a part of one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// What a line points to.
struct Pointers {
    /// The text of each file.
    files: Vec<String>,
    names: Vec<String>,
    /// The paths that lead nowhere.
    missing: Vec<String>,
}

impl Pointers {
    fn of(line: &str) -> Pointers {
        let mut pointers = Pointers { files: Vec::new(), names: Vec::new(), missing: Vec::new() };
        let mut is_value = false;
        for word in line.split_whitespace() {
            // The value of an option is the reader's, and so is a setting before a command.
            let is_option = word.starts_with("--") && word != "--";
            let is_readers = std::mem::replace(&mut is_value, is_option) && path(word).is_none();
            if !is_readers && !word.contains('=') {
                pointers.note(word);
            }
        }
        pointers
    }

    fn note(&mut self, word: &str) {
        let Some(path) = path(word) else { return self.names.extend(names(word)) };
        let whole = root().join(path);
        match fs::read_to_string(&whole) {
            Ok(text) => self.files.push(text),
            Err(_) if whole.is_dir() => {}
            Err(_) => self.missing.push(path.to_owned()),
        }
    }
}

/// The path that a word is; `FILE.py` is one that the reader has.
fn path(word: &str) -> Option<&str> {
    let path = word.trim_matches(|c| "(),.:;`".contains(c));
    let is_ours =
        ["crates/", "workloads/", "benches/", "docs/"].iter().any(|it| path.starts_with(it));
    let is_source = [".rs", ".py", ".sh", ".dis", ".toml"].iter().any(|end| path.ends_with(end));
    (is_ours || is_source && !path.starts_with(char::is_uppercase)).then_some(path)
}

/// The functions, types and constants that a word speaks of, as in `Instruction::checks(),`.
fn names(word: &str) -> impl Iterator<Item = String> {
    let parts = word.split(|c: char| !(c.is_alphanumeric() || "_()".contains(c)));
    parts.filter_map(|part| {
        let (name, is_function) = match part.split_once("()") {
            Some((name, _)) => (name.rsplit('(').next().unwrap_or(name), true),
            None => (part.trim_matches(|c| "()".contains(c)), false),
        };
        let is_item = name.len() > 2 && name.starts_with(|c: char| c.is_ascii_uppercase());
        (!name.is_empty() && (is_function || is_item)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_read_is_defined_there() {
        for (line, missing) in [
            ("docs/src/pointers.rs, missing_to_read() and Pointers::of()", &[][..]),
            ("docs/src/pointers.rs (or docs/src/links.rs), Link's path()", &[]),
            ("docs/src/pointers.rs, KINDS", &[]),
            ("docs/src/pointers.rs, missing_to()", &["missing_to"]),
            ("docs/src/pointers.rs, replace()", &["replace"]),
            ("docs/src/pointers.rs, and links.rs there", &["links.rs"]),
            ("docs/src/painters.rs", &["docs/src/painters.rs", "a file to read"]),
            ("the manual", &["a file to read"]),
        ] {
            assert_eq!(missing_to_read(line), missing, "{line}");
        }
    }

    #[test]
    fn what_is_to_be_changed_is_there() {
        for (line, missing) in [
            ("in docs/src/pointers.rs, path(), leave out trim_matches(…). That is All.", &[][..]),
            ("LOG=1 cargo run -p x -- y --path DIR, and compare docs/src/links.rs", &[]),
            ("cargo run -p x -- y --listing FILE.dis (Linux)", &[]),
            ("in docs/src/links.rs, let KINDS be 2", &["KINDS"]),
            ("in links.rs, links()", &["links.rs"]),
            ("in docs/src/repository.rs, roo()", &["roo"]),
            ("cargo run -p x -- --list crates/x.rs", &["crates/x.rs"]),
        ] {
            assert_eq!(missing_to_try(line), missing, "{line}");
        }
    }
}
