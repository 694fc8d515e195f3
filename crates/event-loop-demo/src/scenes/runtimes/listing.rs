//! What differs between the same program on four runtimes, from its own source.

use std::fmt::Write;

/// The program, by runtime: the first is the one that the others are compared with.
pub const PROGRAMS: [(&str, &str); 4] = [
    ("event loop", include_str!("../../solve/event_loop.rs")),
    ("tokio", include_str!("../../solve/tokio.rs")),
    ("async-std", include_str!("../../solve/async_std.rs")),
    ("smol", include_str!("../../solve/smol.rs")),
];

/// What to look at, and the beginning of the piece of a line that shows it, in all programs.
const ASPECTS: [(&str, &str); 4] = [
    ("a task is a future that", "F: Future<Output = Result<R>>"),
    ("to wait, but not for ever", "client.read(&mut buffer)"),
    ("what would block goes elsewhere", "(move || job.run())"),
    ("a channel that ends when it is dropped", "let (open, stopping) ="),
];

/// The lines that show each aspect, runtime beside runtime.
pub fn aspects() -> String {
    let mut listing = String::new();
    for (aspect, sign) in ASPECTS {
        let _ = writeln!(listing, "{aspect}");
        for (name, program) in PROGRAMS {
            let line = program.lines().find(|line| line.contains(sign)).unwrap_or("–").trim();
            let _ = writeln!(listing, "  {name:10}  {}", telling(line));
        }
    }
    listing
}

/// Of a line the part that tells: without the pattern and the `match` before it, and the brace behind.
fn telling(line: &str) -> &str {
    let line = line.split_once("=> match ").map_or(line, |(_pattern, rest)| rest);
    line.trim_end_matches(" {")
}

/// How many lines of `one` stand in `other` as well, in the same order: what `diff` leaves out.
pub fn same(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.lines().collect();
    // The longest common subsequence, by the rows of its table.
    let mut above = vec![0; other.len() + 1];
    for line in one.lines() {
        let mut row = vec![0; other.len() + 1];
        for (i, theirs) in other.iter().enumerate() {
            row[i + 1] = if line == *theirs { above[i] + 1 } else { row[i].max(above[i + 1]) };
        }
        above = row;
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aspect_is_found_in_every_program_and_fits_the_terminal() {
        for line in aspects().lines() {
            assert!(!line.ends_with('–') && line.chars().count() <= 76, "{line}");
        }
        assert_eq!(aspects().lines().count(), ASPECTS.len() * (1 + PROGRAMS.len()));
    }

    #[test]
    fn lines_are_the_same_if_their_order_is() {
        assert_eq!(same("a\nb\nc\nd", "a\nc\nx\nb\nd"), 3);
        assert_eq!(same("a\nb", ""), 0);
    }
}
