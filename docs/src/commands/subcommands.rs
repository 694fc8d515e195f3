//! What a program with subcommands says of itself in its help, as clap writes it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::programs::output;

/// A subcommand, or the program itself.
#[derive(Debug, Default)]
pub(super) struct Subcommand {
    /// Its own subcommands, by name.
    below: BTreeMap<String, Subcommand>,
    /// Its options, without the dashes, and whether each has a value.
    options: BTreeMap<String, bool>,
    /// Whether it takes words of the reader's, such as a file.
    words: bool,
}

impl Subcommand {
    /// Asks the program for its help, and each of its subcommands for theirs.
    pub(super) fn asked(program: &Path, path: &[&str]) -> Subcommand {
        let help = output(Command::new(program).args(path).arg("--help"));
        let mut it = Subcommand::read(&help);
        for (name, below) in &mut it.below {
            *below = Subcommand::asked(program, &[path, &[name.as_str()]].concat());
        }
        it
    }

    /// Reads a help; of its subcommands only the names.
    pub(super) fn read(help: &str) -> Subcommand {
        let mut it = Subcommand::default();
        let mut section = "";
        for line in help.lines() {
            if let Some(heading) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
                section = heading;
                it.words |= heading == "Arguments";
                continue;
            }
            let mut words = line.split_whitespace().skip_while(|word| word.ends_with(','));
            let Some(first) = words.next() else { continue };
            match (section, first.strip_prefix("--")) {
                // This one only tells of the others.
                ("Commands", None) if first == "help" => {}
                ("Commands", None) if line.starts_with("  ") && !line.starts_with("   ") => {
                    it.below.insert(first.to_owned(), Subcommand::default());
                }
                (_, Some(option)) if line.trim_start().starts_with('-') => {
                    let valued = words.next().is_some_and(|word| word.starts_with('<'));
                    it.options.insert(option.to_owned(), valued);
                }
                _ => {}
            }
        }
        it
    }

    /// What is wrong with the words behind it.
    pub(super) fn wrong(&self, words: &[&str]) -> Option<String> {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some(option) = word.strip_prefix("--") {
                let (name, value) = option.split_once('=').unzip();
                let Some(valued) = self.options.get(name.unwrap_or(option)) else {
                    return Some(format!("there is no option --{option}"));
                };
                if *valued && value.is_none() {
                    words.next();
                }
            } else if let Some(below) = self.below.get(*word) {
                return below.wrong(words.as_slice());
            } else if !self.words {
                return Some(format!("there is no subcommand {word}"));
            }
        }
        None
    }
}
