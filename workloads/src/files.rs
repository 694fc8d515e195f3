//! **files**: real input, the reader's own.
//!
//! Count the words in every file below a directory. A word is a maximal run of ASCII letters,
//! lower-cased, so that this counts the same, with every locale out of the way:
//!
//! ```sh
//! export LC_ALL=C
//! find DIR -type f -exec cat {} + | grep -aoE '[A-Za-z]+' | tr A-Z a-z | sort | uniq -c
//! ```
//!
//! (up to one thing: `cat` glues a word at the end of a file without a final newline to the
//! first of the next file; `grep -ahoE '[A-Za-z]+' -r DIR` does not.)

pub mod telling;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::error::{Error, Result};

/// How much of a directory is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At most so many files.
    pub files: usize,
    /// At most so many bytes in all. A file that is larger on its own is skipped; the first of the
    /// others that no longer fits ends the listing.
    pub bytes: u64,
}

/// The largest file that is read, in bytes: 256 MiB. Whoever counts has it in memory as a whole.
pub const LARGEST: u64 = 256 << 20;

impl Bounds {
    /// For a directory that the reader names: a million files, 16 GiB.
    pub const NAMED: Bounds = Bounds { files: 1_000_000, bytes: 16 << 30 };
    /// For a directory that nobody named: 2,000 files, 24 MiB.
    pub const DEFAULT: Bounds = Bounds { files: 2_000, bytes: 24 << 20 };
}

/// The files below a directory: its own by name, then those below each directory in it, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Regular files.
    pub paths: Vec<PathBuf>,
    /// Their sizes added up, in bytes.
    pub bytes: u64,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// Whether the bounds ended the listing before the directory did.
    pub cut: bool,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Which path.
    pub path: PathBuf,
    /// Why not.
    pub why: String,
}

impl Skipped {
    fn new(path: &Path, why: impl ToString) -> Skipped {
        Skipped { path: path.to_owned(), why: why.to_string() }
    }
}

/// The directory that is read when the reader names none: the sources of the dependencies that
/// cargo has downloaded, which is where a reader of this book has some thousands of files.
///
/// # Errors
/// [`Error::Io`] if it is not there.
pub fn default_directory() -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.unwrap_or_default().join("registry").join("src");
    fs::metadata(&sources)
        .map_err(Error::io(format!("{} (name a directory with --path DIR)", sources.display())))?;
    Ok(sources)
}

/// The regular files below `root`, up to the bounds. A symbolic link is skipped, as `find -type f`
/// and `grep -r` skip it, so that a loop of links ends before it starts; so is what is not a
/// regular file (opening a FIFO would wait for ever) and what cannot be read.
///
/// # Errors
/// [`Error::Io`] if `root` itself is not a directory that can be read.
pub fn list(root: &Path, bounds: Bounds) -> Result<Listing> {
    let mut listing = Listing::default();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let mut entries =
            match fs::read_dir(&directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => entries,
                Err(why) if directory == root => {
                    return Err(Error::io(root.display().to_string())(why));
                }
                Err(why) => {
                    listing.skipped.push(Skipped::new(&directory, why));
                    continue;
                }
            };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut inner = Vec::new();
        for entry in entries {
            let path = entry.path();
            match entry.metadata() {
                Ok(found) if found.is_dir() => inner.push(path),
                Ok(found) if found.is_file() && found.len() > bounds.bytes.min(LARGEST) => {
                    let why = format!("{} bytes, more than are read of one file", found.len());
                    listing.skipped.push(Skipped::new(&path, why));
                }
                Ok(found) if found.is_file() => {
                    if listing.paths.len() == bounds.files
                        || listing.bytes + found.len() > bounds.bytes
                    {
                        listing.cut = true;
                        return Ok(listing);
                    }
                    listing.bytes += found.len();
                    listing.paths.push(path);
                }
                Ok(found) if found.is_symlink() => {
                    listing.skipped.push(Skipped::new(&path, "a symbolic link"));
                }
                Ok(_) => listing.skipped.push(Skipped::new(&path, "not a regular file")),
                Err(why) => listing.skipped.push(Skipped::new(&path, why)),
            }
        }
        // The stack gives back what was pushed last, so push the last first.
        directories.extend(inner.into_iter().rev());
    }
    Ok(listing)
}

/// How often each word occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordCounts {
    words: HashMap<String, u64>,
    /// How many files were counted.
    pub files: u64,
    /// What could not be read, in the order of the paths.
    pub skipped: Vec<Skipped>,
}

impl WordCounts {
    /// What was counted elsewhere, from its parts.
    #[must_use]
    pub fn of(words: HashMap<String, u64>, files: u64, mut skipped: Vec<Skipped>) -> WordCounts {
        skipped.sort();
        WordCounts { words, files, skipped }
    }

    /// The words, each with how often it occurs, in no order; for who sends them elsewhere.
    #[must_use]
    pub fn into_words(self) -> HashMap<String, u64> {
        self.words
    }

    /// Counts the words of one file's content.
    pub fn count(&mut self, content: &[u8]) {
        self.count_part(content);
        self.files += 1;
    }

    /// Counts the words of a part of a file (a line, say) that no word sticks out of; which file
    /// it was is for the caller to count.
    pub fn count_part(&mut self, content: &[u8]) {
        let mut word = String::new();
        for run in content.split(|byte| !byte.is_ascii_alphabetic()).filter(|run| !run.is_empty()) {
            word.clear();
            word.extend(run.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
            match self.words.get_mut(&word) {
                Some(times) => *times += 1,
                None => {
                    self.words.insert(word.clone(), 1);
                }
            }
        }
    }

    /// Notes a file that could not be read (it may have vanished since it was listed).
    pub fn skip(&mut self, path: &Path, why: &io::Error) {
        let skipped = Skipped::new(path, why);
        // In order from the start, so that it doesn't matter who met it when.
        let place = self.skipped.partition_point(|other| *other < skipped);
        self.skipped.insert(place, skipped);
    }

    /// Adds what someone else has counted.
    pub fn merge(&mut self, other: WordCounts) {
        if self.words.is_empty() {
            self.words = other.words;
        } else {
            for (word, times) in other.words {
                *self.words.entry(word).or_default() += times;
            }
        }
        self.files += other.files;
        self.skipped.extend(other.skipped);
        self.skipped.sort();
    }

    /// How many words there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.words.values().sum()
    }

    /// How many different words there are.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.words.len()
    }

    /// The `most` commonest words, and how often each occurs; equally common ones by alphabet.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<(&str, u64)> {
        let mut words: Vec<_> =
            self.words.iter().map(|(word, times)| (word.as_str(), *times)).collect();
        words.sort_unstable_by_key(|&(word, times)| (std::cmp::Reverse(times), word));
        words.truncate(most);
        words
    }
}

impl FromIterator<WordCounts> for WordCounts {
    fn from_iter<I: IntoIterator<Item = WordCounts>>(parts: I) -> WordCounts {
        let mut sum = WordCounts::default();
        parts.into_iter().for_each(|part| sum.merge(part));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_maximal_run_of_ascii_letters_in_lower_case() {
        let mut counts = WordCounts::default();
        counts.count("The cat, the CAT; naïve_x2y\0end".as_bytes());
        let top = counts.top(20);
        assert_eq!(top[..2], [("cat", 2), ("the", 2)]);
        assert_eq!(
            top[2..].iter().map(|(word, _)| *word).collect::<Vec<_>>(),
            ["end", "na", "ve", "x", "y"]
        );
        assert_eq!((counts.total(), counts.distinct()), (9, 7));
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let texts: [&[u8]; 3] = [b"a b c a", b"", b"c C d"];
        let mut whole = WordCounts::default();
        texts.iter().for_each(|text| whole.count(text));
        let part = |text: &&[u8]| {
            let mut part = WordCounts::default();
            part.count(text);
            part
        };
        assert_eq!(texts.iter().map(part).collect::<WordCounts>(), whole);
    }

    #[test]
    fn what_is_taken_apart_is_put_together_again() {
        let mut counts = WordCounts::default();
        counts.count(b"a b c a");
        let gone = io::Error::from(io::ErrorKind::NotFound);
        for path in ["z", "y"] {
            counts.skip(Path::new(path), &gone);
        }
        let (files, mut skipped) = (counts.files, counts.skipped.clone());
        skipped.reverse();
        assert_eq!(WordCounts::of(counts.clone().into_words(), files, skipped), counts);
    }
}
