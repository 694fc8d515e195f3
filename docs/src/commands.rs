//! The commands that a text tells the reader to type.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::repository::{read, root};

/// All commands of `cargo` and `just` in a text, as they are typed: in code, or in blocks of `sh` and
/// `console`.
#[must_use]
pub fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_block = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                in_block = ["sh", "console"].contains(&&*kind);
            }
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if in_block => commands.extend(text.lines().filter_map(typed)),
            Event::Code(text) => commands.extend(typed(&text)),
            _ => {}
        }
    }
    commands
}

/// The command on a line: without a prompt, a remark, settings before it and what it is piped to.
fn typed(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("$ ");
    let line = line.split(" #").next()?.split(" | ").next()?;
    let is_setting = |word: &&str| word.contains('=') && !word.starts_with('-');
    let words = line.split_whitespace().skip_while(is_setting);
    let words: Vec<_> = words.collect();
    ["cargo", "just"].contains(words.first()?).then(|| words.join(" "))
}

/// What there is to be typed.
pub struct Known {
    recipes: Vec<String>,
    aliases: Vec<String>,
    /// By package: the folder.
    packages: BTreeMap<String, PathBuf>,
    /// By chapter: its scenes, and its options.
    chapters: BTreeMap<String, (Vec<String>, Vec<String>)>,
}

impl Known {
    /// Asks the files, and each chapter's program for its scenes and options.
    ///
    /// # Panics
    /// If a chapter can't be asked.
    #[must_use]
    pub fn gather() -> Known {
        let manifest = read(Path::new("Cargo.toml"));
        let members = manifest.lines().filter_map(|line| line.trim().strip_suffix("\","));
        let members = members.filter_map(|line| line.strip_prefix('"')).map(PathBuf::from);
        let members = members.filter(|member| root().join(member).join("Cargo.toml").exists());
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let packages: BTreeMap<_, _> =
            members.filter_map(|member| Some((name(&member)?, member))).collect();
        let justfile = read(Path::new("justfile"));
        let heads = justfile.lines().filter(|line| !line.starts_with([' ', '#']));
        let heads = heads.filter_map(|line| line.split_once(':'));
        let recipes = heads.filter_map(|(head, _)| head.split_whitespace().next());
        let config = read(Path::new(".cargo/config.toml"));
        let aliases = config.lines().filter_map(|line| line.split_once(" = "));
        Known {
            recipes: recipes.map(str::to_owned).collect(),
            aliases: aliases.map(|(alias, _)| alias.to_owned()).collect(),
            chapters: packages
                .keys()
                .filter(|name| is_chapter(&packages[*name]) && is_at_hand(name))
                .map(|name| asked(name))
                .collect(),
            packages,
        }
    }

    /// What is wrong with a command; none if it can be typed.
    #[must_use]
    pub fn wrong(&self, command: &str) -> Option<String> {
        let words: Vec<_> =
            command.split_whitespace().map(|word| word.trim_matches(['\'', '"'])).collect();
        match words[..] {
            ["just"] => None,
            ["just", recipe, ..] => missing("recipe", recipe, &self.recipes),
            ["cargo", alias, ..] if self.aliases.iter().any(|known| known == alias) => None,
            ["cargo", ..] => self.wrong_cargo(&words[1..]),
            _ => None,
        }
    }

    fn wrong_cargo(&self, words: &[&str]) -> Option<String> {
        let (own, theirs) = match words.iter().position(|word| *word == "--") {
            Some(end) => (&words[..end], &words[end + 1..]),
            None => (words, &[][..]),
        };
        let mut package = None;
        for pair in own.windows(2) {
            let [option, value] = pair else { continue };
            let value = value.trim_matches('\'');
            let target = |folder: &str| {
                let home = self.packages.get(package?)?;
                let manifest = read(&home.join("Cargo.toml"));
                let listed = manifest.contains(&format!("name = \"{value}\""));
                let found = ["", ".rs", "/main.rs"].iter().any(|end| {
                    root().join(home).join(folder).join(format!("{value}{end}")).exists()
                });
                (!listed && !found).then(|| format!("{package:?} has no {folder}/{value}"))
            };
            let placeholder =
                value.chars().all(|c| c.is_uppercase() || "-_*".contains(c)) || value.contains('*');
            let wrong = match *option {
                _ if placeholder => None,
                "-p" => {
                    package = Some(value);
                    let known = self.packages.contains_key(value);
                    (!known && own[0] != "install").then(|| format!("there is no package {value}"))
                }
                "--bench" => target("criterion"),
                "--example" => target("examples"),
                "--test" => target("tests"),
                "--bin" => target("src/bin"),
                _ => None,
            };
            if wrong.is_some() {
                return wrong;
            }
        }
        match package {
            Some("benches") if own[0] == "run" && !own.contains(&"--example") => {
                wrong_subcommand(theirs)
            }
            Some(package) if own[0] == "run" && !own.contains(&"--bin") => {
                self.wrong_scene(package, theirs)
            }
            _ => None,
        }
    }

    fn wrong_scene(&self, package: &str, words: &[&str]) -> Option<String> {
        let (scenes, options) = self.chapters.get(package)?;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let stands_for = word.chars().all(|c| c.is_uppercase() || "[]…".contains(c));
            match word.strip_prefix("--") {
                _ if stands_for => {}
                Some(option) => {
                    let option = option.split('=').next().unwrap_or(option);
                    if let Some(why) = missing("option", option, options) {
                        return Some(format!("{package}: {why}"));
                    }
                    // Those with a value are the only ones that are told with one.
                    if options.iter().any(|known| *known == format!("{option} ")) {
                        words.next();
                    }
                }
                None if *word == "check" => return None,
                None => {
                    let number =
                        word.parse().is_ok_and(|number| (1..=scenes.len()).contains(&number));
                    if !number && let Some(why) = missing("scene", word, scenes) {
                        return Some(format!("{package}: {why}"));
                    }
                }
            }
        }
        None
    }
}

fn missing(what: &str, name: &str, known: &[String]) -> Option<String> {
    (!known.iter().any(|known| known.trim_end() == name))
        .then(|| format!("there is no {what} {name}"))
}

/// The bench program's subcommands are the variants of its enum, as clap spells them.
fn wrong_subcommand(words: &[&str]) -> Option<String> {
    let word = words.first().filter(|word| !word.starts_with('-'))?;
    let main = read(Path::new("benches/src/main.rs"));
    let variants = main.lines().filter_map(|line| line.strip_prefix("    "));
    let mut names =
        variants.map(|line| line.split(['(', ',', ' ']).next().unwrap_or("").to_lowercase());
    (!names.any(|name| name == *word)).then(|| format!("benches has no {word}"))
}

fn is_chapter(home: &Path) -> bool {
    root().join(home).join("src/scenes.rs").exists()
}

/// Whether a chapter's program can be asked without compiling what the reader has not asked for: one
/// that `cargo build` leaves out only if it was built.
#[must_use]
pub fn is_at_hand(package: &str) -> bool {
    let manifest = read(Path::new("Cargo.toml"));
    let usual =
        manifest.split_once("default-members = [").and_then(|(_, rest)| rest.split_once(']'));
    usual.is_some_and(|(usual, _)| usual.contains(&format!("/{package}\"")))
        || beside(package).is_ok()
}

/// What a chapter's program says of itself.
fn asked(package: &str) -> (String, (Vec<String>, Vec<String>)) {
    let help = output(Command::new(program(package)).arg("--help"));
    let options = help.lines().filter_map(|line| line.trim().strip_prefix("--"));
    // `path DIR   what it does` has a value and is kept as `path `, to be told from `quick`.
    let option = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let valued = words
            .next()
            .is_some_and(|word| word.chars().all(char::is_uppercase) && !word.is_empty());
        format!("{name}{}", if valued { " " } else { "" })
    };
    let list = output(Command::new(program(package)).arg("--list"));
    let scene = |line: &str| {
        let mut words = line.split_whitespace();
        let first = words.next()?;
        let name = if first.parse::<u32>().is_ok() { words.next()? } else { first };
        Some(name.to_owned())
    };
    let scenes = list.lines().filter(|line| line.starts_with(' ')).filter_map(scene);
    (package.to_owned(), (scenes.collect(), options.map(option).collect()))
}

/// A package's program, built if it is not there.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn program(package: &str) -> PathBuf {
    beside(package).unwrap_or_else(|_| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        let built = build.args(["build", "-q", "-p", package]).current_dir(root()).status();
        assert!(built.is_ok_and(|status| status.success()), "{package} can't be built");
        beside(package).expect("it was built")
    })
}

/// A package's program, if it lies where this one does (or this test's).
///
/// # Errors
/// If it was not built.
pub fn beside(package: &str) -> Result<PathBuf, String> {
    let us = std::env::current_exe().map_err(|why| why.to_string())?;
    // Ours is target/debug/docs, a test target/debug/deps/book-123.
    let mut places = us.ancestors().skip(1).take(2).map(|folder| folder.join(package));
    let found = places.find(|place| place.is_file());
    found.ok_or_else(|| format!("{package} was not built: cargo build -p {package}"))
}

/// What a program prints, at 80 columns and without colour.
///
/// # Panics
/// If it can't be run, or fails.
#[must_use]
pub fn output(command: &mut Command) -> String {
    printed(command).unwrap_or_else(|why| panic!("{why}"))
}

/// The same, for who can say what is wrong.
///
/// # Errors
/// If it can't be run, or fails.
pub fn printed(command: &mut Command) -> Result<String, String> {
    command.env("COLUMNS", "80").env("NO_COLOR", "1").current_dir(root());
    let output = command.output().map_err(|why| format!("{command:?}: {why}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{command:?}: {}: {}", output.status, said.trim()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_what_is_typed() {
        let text = "`cargo test` and `test`\n\n```sh\nBENCH_QUICK=1 cargo bench -p x   # why\ncurl y\n\
                    $ just story | less\n```\n\n```rust\ncargo\n```\n";
        assert_eq!(commands(text), ["cargo test", "cargo bench -p x", "just story"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let known = Known {
            recipes: vec!["story".into()],
            aliases: vec!["bench-all".into()],
            packages: BTreeMap::from([
                ("threading-demo".into(), "crates/threading-demo".into()),
                ("benches".into(), "benches".into()),
            ]),
            chapters: BTreeMap::from([(
                "threading-demo".into(),
                (vec!["spawn".into(), "pool".into()], vec!["quick".into(), "path ".into()]),
            )]),
        };
        for (command, wrong) in [
            ("just story", false),
            ("just stroy", true),
            ("cargo bench-all", false),
            ("cargo run -p threading-demo -- spawn --quick --path X 2", false),
            ("cargo run -p threading-demo -- SCENE", false),
            ("cargo run -p threading-demo -- check 1 50", false),
            ("cargo run -p threading-demo -- spwan", true),
            ("cargo run -p threading-demo -- 3", true),
            ("cargo run -p threading-demo -- --quik", true),
            ("cargo run -p theading-demo", true),
            ("cargo bench -p benches --bench locks", false),
            ("cargo bench -p benches --bench licks", true),
            ("cargo run --release -p benches -- matrix --only primes", false),
            ("cargo run --release -p benches -- matrx", true),
        ] {
            assert_eq!(
                known.wrong(command).is_some(),
                wrong,
                "{command}: {:?}",
                known.wrong(command)
            );
        }
    }
}
