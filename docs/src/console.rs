//! What a text says that a command prints: blocks of `console`, whose first line is the command after
//! a `$`. A line `…` stands for lines that are left out. Numbers are those of somebody's machine, and
//! so is whether a claim held, and why not.

use std::process::Command;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::programs::{printed, program};

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
    /// them all, or says itself that it can't do so here. Commands of other programs than the
    /// chapters' are not run.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let words: Vec<_> = self.command.split_whitespace().collect();
        let ["cargo", "run", "-p", package, rest @ ..] = &words[..] else {
            return Some(format!("{}: only chapters can be quoted", self.command));
        };
        let arguments = rest.strip_prefix(&["--"]).unwrap_or(rest);
        match printed(Command::new(program(package)).args(arguments)) {
            Ok(text) => self.not_in(&text).map(|why| format!("{} {why}", self.command)),
            Err(why) => Some(why),
        }
    }

    /// What of this was not printed.
    fn not_in(&self, text: &str) -> Option<String> {
        let told = self.lines.iter().map(String::as_str).filter(|line| !line.trim().is_empty());
        let told: Vec<_> = told.collect();
        let mut printed = whole(text.lines()).into_iter().map(|line| shape(&line));
        let mut compared = 0;
        // What stands on both sides of a `…` is not one line.
        for part in told.split(|line| line.trim() == "…") {
            for line in whole(part.iter().copied()) {
                let shape = shape(&line);
                if shape.is_empty() {
                    return Some(format!(
                        "is quoted with {line:?}, which is on any machine another"
                    ));
                }
                if !printed.any(|printed| printed == shape) {
                    return match text
                        .lines()
                        .find(|line| NOT_HERE.iter().any(|not| line.starts_with(not)))
                    {
                        Some(why) => {
                            eprintln!("skipped: {}: it says: {why}", self.command);
                            None
                        }
                        None => Some(format!("does not print (here) {line:?}")),
                    };
                }
                compared += 1;
            }
        }
        (compared == 0).then(|| "is quoted with nothing that it prints".to_owned())
    }
}

/// How a scene begins to say that this machine can't show what others can.
const NOT_HERE: [&str; 3] = ["Not here", "There is one core here", "Skipped: "];

/// What begins a paragraph whose other lines are indented by as much.
const LEADS: [&str; 5] = ["✓ held: ", "✗ did not hold: ", "claim: ", "try: ", "read: "];

/// Lines without the breaks in paragraphs: where they are depends on the figures in them.
fn whole<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    let mut indent = 0;
    for line in lines {
        let blanks = line.len() - line.trim_start().len();
        match whole.last_mut() {
            Some(last) if indent > 0 && blanks == indent => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => {
                let lead = LEADS.iter().find(|lead| line.starts_with(**lead));
                indent = lead.map_or(0, |lead| lead.chars().count());
                whole.push(line.to_owned());
            }
        }
    }
    whole
}

/// What stays of a line when its numbers, units, bars and spaces may be others: those of another
/// machine. Of a verdict that is the claim, up to a colon in it; whether it held is such a thing too.
#[must_use]
pub fn shape(line: &str) -> String {
    let verdict = LEADS[..2].iter().find_map(|lead| line.strip_prefix(lead));
    let line = match verdict {
        Some(verdict) => format!("✓ {}", verdict.split(": ").next().unwrap_or_default()),
        None => without_attempt(line),
    };
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

/// Which attempt it was that showed what was to be shown is a matter of luck.
fn without_attempt(line: &str) -> String {
    let kept = line.split_once(" (Attempt ").and_then(|(kept, attempt)| {
        let (number, rest) = attempt.split_once(".)")?;
        number.parse::<u32>().ok().map(|_| format!("{kept}{rest}"))
    });
    kept.unwrap_or_else(|| line.to_owned())
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
        let here = shape("two threads take at most 0.65 of the time, 10.1 ms and 812 µs");
        let there = shape("two threads take at most 0.7 of the time, 1.02 s and 9 ns");
        assert_eq!(here, there);
        assert_ne!(shape("a thread 1"), shape("b thread 1"));
    }

    #[test]
    fn of_a_verdict_the_claim_is_compared() {
        let here = shape("✓ held: it takes at most 0.65 of the time: 10.1 ms");
        let there = shape("✗ did not hold: it takes at most 0.65 of the time: 2 ms. It is busy.");
        assert_eq!(here, there);
        assert_ne!(here, shape("✓ held: it takes all of the time: 10.1 ms"));
        assert_eq!(shape("a thread for B. (Attempt 2.)"), shape("a thread for B."));
    }

    #[test]
    fn what_is_not_printed_is_said() {
        let printed = "One machine:\n\n  8.1 ms\n✗ did not hold: both cores: 1 core(s), and what\n                \
                       is that. It is busy.\n  name   took\n";
        let wrong = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            Excerpt { command: "x".into(), lines }.not_in(printed)
        };
        for right in [
            &["✓ held: both cores: 2", "  name  took"][..],
            &["One machine:", "…", "✓ held: both cores: 2", "        core(s)", "…", "  name took"],
        ] {
            assert_eq!(wrong(right), None);
        }
        for lines in [
            &[][..],
            &["…"],
            &["  3.2 ms"],
            &["✓ held: one core: 2"],
            &["  name   took", "One machine:"],
            &["  name   taken"],
        ] {
            assert!(wrong(lines).is_some(), "{lines:?}");
        }
    }
}
