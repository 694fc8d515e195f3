//! The commands that a text tells the reader to type.

mod subcommands;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::programs::{is_at_hand, output, program};
use crate::repository::{read, root};
use subcommands::Subcommand;

/// All commands of `cargo` and `just` in a text, as they are typed: in code, or in blocks of `sh`,
/// `bash` and `console`.
#[must_use]
pub fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_block = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                // `bash +exec`, as the talk has it, is one too.
                let language = kind.split([' ', ',']).next().unwrap_or_default();
                in_block = ["sh", "bash", "console"].contains(&language);
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
    chapters: BTreeMap<String, Chapter>,
    /// The program of the comparison.
    benches: Subcommand,
}

/// What a chapter plays.
struct Chapter {
    scenes: Vec<String>,
    /// Without the dashes; behind one that has a value there is a blank.
    options: Vec<String>,
    exercises: usize,
}

/// What cargo is asked to do in a text.
const CARGO: [&str; 10] =
    ["bench", "build", "check", "clippy", "deny", "doc", "fmt", "install", "run", "test"];

/// The options that name a target, each with the folder where it is.
const TARGETS: [(&str, &str); 4] = [
    ("--bench", "criterion"),
    ("--example", "examples"),
    ("--test", "tests"),
    ("--bin", "src/bin"),
];

impl Known {
    /// Asks the files, and each program for what it can be asked.
    ///
    /// # Panics
    /// If a program can't be asked.
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
                .map(|name| (name.clone(), asked(name)))
                .collect(),
            benches: Subcommand::asked(&program("benches"), &[]),
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
        let [subcommand, own @ ..] = own else { return None };
        if !CARGO.contains(subcommand) {
            return Some(format!("there is no cargo {subcommand}"));
        }
        // Others' packages have a registry.
        if *subcommand == "install" {
            return None;
        }
        let own: Vec<_> = own.iter().flat_map(|word| word.splitn(2, '=')).collect();
        let values = |option: &'static str| {
            let pairs = own.windows(2).filter(move |pair| pair[0] == option);
            pairs.map(|pair| pair[1].trim_matches('\'')).filter(|value| !stands_for(value))
        };
        let packages: Vec<_> = values("-p").chain(values("--package")).collect();
        if let Some(unknown) = packages.iter().find(|name| !self.packages.contains_key(**name)) {
            return Some(format!("there is no package {unknown}"));
        }
        let homes = self.packages.iter();
        let homes = homes.filter(|(name, _)| packages.is_empty() || packages.contains(&&***name));
        let homes: Vec<_> = homes.map(|(_, home)| home).collect();
        for (option, folder) in TARGETS {
            for target in values(option) {
                if !homes.iter().any(|home| has_target(home, folder, target)) {
                    return Some(format!("there is no {option} {target}"));
                }
            }
        }
        let is_another = own.iter().any(|word| TARGETS.iter().any(|(option, _)| word == option));
        match packages[..] {
            _ if *subcommand != "run" || is_another => None,
            ["benches"] => self.benches.wrong(theirs).map(|why| format!("benches: {why}")),
            [package] => self.wrong_scene(package, theirs).map(|why| format!("{package}: {why}")),
            _ => None,
        }
    }

    fn wrong_scene(&self, package: &str, words: &[&str]) -> Option<String> {
        let Chapter { scenes, options, exercises } = self.chapters.get(package)?;
        let (mut words, mut plain) = (words.iter(), Vec::new());
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                plain.push(*word);
                continue;
            };
            let name = option.split('=').next().unwrap_or(option);
            if let Some(why) = missing("option", name, options) {
                return Some(why);
            }
            // Those with a value are the only ones that are told with one.
            if name == option && options.iter().any(|known| *known == format!("{name} ")) {
                words.next();
            }
        }
        if let ["check", check @ ..] = &plain[..] {
            let right = match check {
                [] => true,
                [number, foreseen] => {
                    let known = number.parse().is_ok_and(|n| (1..=*exercises).contains(&n));
                    (known || stands_for(number))
                        && (foreseen.parse::<f64>().is_ok() || stands_for(foreseen))
                }
                _ => false,
            };
            return (!right).then(|| format!("there is no check {}", check.join(" ")));
        }
        plain.into_iter().filter(|word| !stands_for(word)).find_map(|word| {
            let number = word.parse().is_ok_and(|number| (1..=scenes.len()).contains(&number));
            missing("scene", word, scenes).filter(|_| !number)
        })
    }
}

/// Whether a word stands for one that the reader chooses, or for several.
fn stands_for(word: &str) -> bool {
    word.contains(['*', '…', '[']) || word.chars().any(char::is_uppercase)
}

fn has_target(home: &Path, folder: &str, name: &str) -> bool {
    let listed = read(&home.join("Cargo.toml")).contains(&format!("name = \"{name}\""));
    let folder = root().join(home).join(folder);
    listed || ["", ".rs", "/main.rs"].iter().any(|end| folder.join(format!("{name}{end}")).exists())
}

fn missing(what: &str, name: &str, known: &[String]) -> Option<String> {
    (!known.iter().any(|known| known.trim_end() == name))
        .then(|| format!("there is no {what} {name}"))
}

fn is_chapter(home: &Path) -> bool {
    root().join(home).join("src/scenes.rs").exists()
}

/// What a chapter's program says of itself.
fn asked(package: &str) -> Chapter {
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
    let exercises = output(Command::new(program(package)).arg("check"));
    Chapter {
        scenes: scenes.collect(),
        options: options.map(option).collect(),
        exercises: exercises.matches(" NUMBER").count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_what_is_typed() {
        let text = "`cargo test` and `test`\n\n```sh\nBENCH_QUICK=1 cargo bench -p x   # why\ncurl y\n\
                    $ just story | less\n```\n\n```rust\ncargo\n```\n\n```bash +exec\njust x\n```\n";
        assert_eq!(commands(text), ["cargo test", "cargo bench -p x", "just story", "just x"]);
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
                Chapter {
                    scenes: vec!["spawn".into(), "pool".into()],
                    options: vec!["quick".into(), "path ".into()],
                    exercises: 3,
                },
            )]),
            benches: Subcommand::read(
                "It compares.\n\nUsage: benches <COMMAND>\n\nCommands:\n  matrix  The matrix alone: all\n  \
                 help    Print this\n\nOptions:\n  -h, --help         Print help\n      --only <NAME,…>  Run \
                 only\n",
            ),
        };
        for (command, wrong) in [
            ("just story", false),
            ("just stroy", true),
            ("cargo bench-all", false),
            ("cargo run -p threading-demo -- spawn --quick --path X 2", false),
            ("cargo run -p threading-demo -- SCENE", false),
            ("cargo run -p threading-demo -- check 1 50", false),
            ("cargo run -p threading-demo -- check", false),
            ("cargo run -p threading-demo -- check N NUMBER", false),
            ("cargo run -p threading-demo -- check 9 50", true),
            ("cargo run -p threading-demo -- check 1 half", true),
            ("cargo run -p threading-demo -- check 1", true),
            ("cargo run -p threading-demo -- check 1 50 --bogus", true),
            ("cargo rnu -p threading-demo", true),
            ("cargo run --example deadlock_detector", false),
            ("cargo run --example deadlock_defector", true),
            ("cargo run --example deadlock_detector -p threading-demo", false),
            ("cargo run --example=deadlock_detector -p benches", true),
            ("cargo run --bin deadlock_detector", true),
            ("cargo run -p threading-demo -- spwan", true),
            ("cargo run -p threading-demo -- 3", true),
            ("cargo run -p threading-demo -- --quik", true),
            ("cargo run -p theading-demo", true),
            ("cargo bench -p benches --bench locks", false),
            ("cargo bench -p benches --bench licks", true),
            ("cargo run --release -p benches -- --only primes matrix", false),
            ("cargo run --release -p benches -- matrx", true),
            ("cargo run --release -p benches -- alone", true),
            ("cargo run --release -p benches -- matrix --onyl primes", true),
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
