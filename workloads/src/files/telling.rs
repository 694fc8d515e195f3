//! What a reader is told of a directory and its words, whoever has counted them.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::{Listing, Skipped, WordCounts};

/// How many of the commonest words are named.
const TOP: usize = 20;

/// How many are named of what was skipped.
const NAMED: usize = 3;

/// Refuses what is not a directory that can be read.
///
/// # Errors
/// Why not, in a line.
pub fn readable(path: &OsStr) -> Result<(), String> {
    let entries = fs::read_dir(path).map(drop);
    entries.map_err(|why| format!("{why}; name a directory that can be read"))
}

/// How many files there are, how large, and where.
#[must_use]
pub fn listed(root: &Path, listing: &Listing) -> String {
    let (files, kb) = (listing.paths.len(), listing.bytes as f64 / 1e3);
    let size = if kb < 1e3 { format!("{kb:.1} kB") } else { format!("{:.1} MB", kb / 1e3) };
    let cut = if listing.cut { " (the first of them, in the order of their paths)" } else { "" };
    let plural = if files == 1 { "" } else { "s" };
    format!("{files} file{plural} with {size} below {}{cut}.", printable(root))
}

/// How many words there are, and the commonest of them.
#[must_use]
pub fn counted(words: &WordCounts) -> String {
    let top = words.top(TOP).into_iter().map(|(word, times)| format!("{word} {times}"));
    format!(
        "{} words, {} different ones. The commonest: {}.",
        words.total(),
        words.distinct(),
        Vec::from_iter(top).join(", "),
    )
}

/// What was not read, and why; nothing if all was.
#[must_use]
pub fn skipped(listing: &Listing, words: &WordCounts) -> Option<String> {
    let skipped: Vec<_> = listing.skipped.iter().chain(&words.skipped).collect();
    let name = |skipped: &&Skipped| format!("{} ({})", printable(&skipped.path), skipped.why);
    let named: Vec<_> = skipped.iter().take(NAMED).map(name).collect();
    let more = if skipped.len() > NAMED { ", …" } else { "" };
    let told = || format!("{} skipped: {}{more}.", skipped.len(), named.join(", "));
    (!skipped.is_empty()).then(told)
}

/// A path may hold any bytes, also such as move the cursor of a terminal.
fn printable(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}
