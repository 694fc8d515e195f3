//! What a text says that a command prints: blocks of `console`, whose first line is the command after
//! a `$`. A line `…` stands for lines that are left out. Numbers are those of somebody's machine.

use std::process::Command;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::commands::{output, program};

/// A block: the command, and the lines that are told.
#[derive(Debug)]
pub struct Excerpt {
    /// As it is typed.
    pub command: String,
    /// What it prints, as far as it is told.
    pub lines: Vec<String>,
}

/// All excerpts of a text.
#[must_use]
pub fn excerpts(text: &str) -> Vec<Excerpt> {
    let mut excerpts: Vec<Excerpt> = Vec::new();
    let mut within = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                within = &*kind == "console";
            }
            Event::End(TagEnd::CodeBlock) => within = false,
            Event::Text(text) if within => {
                for line in text.lines() {
                    match (line.strip_prefix("$ "), excerpts.last_mut()) {
                        (Some(command), _) => {
                            excerpts.push(Excerpt { command: command.into(), lines: Vec::new() });
                        }
                        (None, Some(excerpt)) => excerpt.lines.push(line.into()),
                        (None, None) => {}
                    }
                }
            }
            _ => {}
        }
    }
    excerpts
}

impl Excerpt {
    /// Runs the command, and says which line it does not print, in this order; none if it prints
    /// them all. Commands of other programs than the chapters' are not run.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let words: Vec<_> = self.command.split_whitespace().collect();
        let ["cargo", "run", "-p", package, rest @ ..] = &words[..] else {
            return Some(format!("{}: only chapters can be quoted", self.command));
        };
        let arguments = rest.strip_prefix(&["--"]).unwrap_or(rest);
        let printed = output(Command::new(program(package)).args(arguments));
        let mut printed = printed.lines().map(shape);
        for line in self.lines.iter().filter(|line| !["…", ""].contains(&line.trim())) {
            if !printed.any(|printed| printed == shape(line)) {
                return Some(format!("{} does not print (here) {line:?}", self.command));
            }
        }
        None
    }
}

/// What stays of a line when its numbers, units, bars and spaces may be others: those of another
/// machine. Whether a claim held is such a thing too.
#[must_use]
pub fn shape(line: &str) -> String {
    let line = line.replace("✗ did not hold", "✓ held");
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        let bare: String =
            word.chars().filter(|c| !c.is_ascii_digit() && !".,█▏▎▍▌▋▊▉".contains(*c)).collect();
        let unit = ["ns", "µs", "ms", "s", "%", "×", "KiB", "MiB", "B"]
            .contains(&bare.trim_end_matches([';', ':', ')']));
        if bare == word || !(bare.is_empty() || unit) {
            words.push(bare);
        }
    }
    let units = ["ns", "µs", "ms", "s"];
    words.retain(|word| !units.contains(&word.as_str()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_a_command_and_lines() {
        let found = excerpts("```console\n$ cargo run -p x\none\n…\ntwo 3\n```\n");
        assert_eq!((found.len(), found[0].command.as_str()), (1, "cargo run -p x"));
        assert_eq!(found[0].lines, ["one", "…", "two 3"]);
    }

    #[test]
    fn a_shape_has_no_numbers() {
        let here = shape(
            "✓ held: two threads take at most 0.65 of the time: 10.1 ms and 812 µs, 0.55 of it",
        );
        let there = shape(
            "✗ did not hold: two threads take at most 0.65 of the time: 1.02 s and 9 ns, 0.9 of it",
        );
        assert_eq!(here, there);
        assert_ne!(shape("a thread 1"), shape("b thread 1"));
    }
}
