//! A chapter's command line.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

use crate::exercise::Asked;
use crate::{Chapter, Scene};

/// An option of a chapter's own, with a value: `--path DIR`.
pub struct ChapterOption {
    /// Without the dashes: `path`.
    pub name: &'static str,
    /// What stands for the value in the help: `DIR`.
    pub value: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
    /// Refuses a value that can't be used: why not, and what would be right, in a line. Asked
    /// before anything plays.
    pub check: fn(&OsStr) -> Result<(), String>,
    /// Whether a value may hold a password: then it is not repeated when it is refused.
    pub is_secret: bool,
}

/// What the reader asked for.
#[derive(Default)]
pub(crate) struct Options {
    /// The scenes and reports to play.
    pub(crate) scenes: Vec<&'static Scene>,
    /// The exercises instead, or one of them.
    pub(crate) check: Option<Asked>,
    pub(crate) list: bool,
    pub(crate) help: bool,
    pub(crate) quick: bool,
    pub(crate) pace: bool,
    pub(crate) json: bool,
    /// Opened before anything plays, so that a minute's run is not lost to a typing error.
    pub(crate) trace: Option<(PathBuf, File)>,
    /// The same.
    pub(crate) svg: Option<(PathBuf, File)>,
    pub(crate) own: Vec<(&'static str, OsString)>,
}

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    /// One line that says what was wrong and what would be right.
    pub(crate) fn parse(chapter: &Chapter, mut parser: Parser) -> Result<Options, String> {
        let mut options = Options::default();
        let (mut trace, mut svg, mut words) = (None, None, Vec::new());
        while let Some(argument) = parser.next().map_err(|why| why.to_string())? {
            match argument {
                Arg::Long("list") => options.list = true,
                Arg::Long("help") | Arg::Short('h') => options.help = true,
                Arg::Long("quick") => options.quick = true,
                Arg::Long("pace") => options.pace = true,
                Arg::Long("json") => options.json = true,
                Arg::Long("trace") => trace = Some(value(&mut parser, "trace", "FILE")?),
                Arg::Long("svg") => svg = Some(value(&mut parser, "svg", "FILE")?),
                Arg::Long(name) => {
                    let Some(known) = chapter.options.iter().find(|own| own.name == name) else {
                        return Err(format!(
                            "there is no option --{name}; --help tells what there is"
                        ));
                    };
                    let value = value(&mut parser, known.name, known.value)?;
                    (known.check)(&value).map_err(|why| match known.is_secret {
                        true => format!("--{}: {why}", known.name),
                        false => {
                            let shown = value.to_string_lossy();
                            format!("--{} {}: {why}", known.name, shown.escape_debug())
                        }
                    })?;
                    options.own.push((known.name, value));
                }
                Arg::Short(digit) if digit.is_ascii_digit() => {
                    return Err(format!(
                        "there is no option -{digit}, and what is foreseen is a number from 0 on"
                    ));
                }
                Arg::Short(name) => {
                    return Err(format!("there is no option -{name}; --help tells what there is"));
                }
                Arg::Value(word) => words.push(word.to_string_lossy().into_owned()),
            }
        }
        if options.pace && options.json {
            return Err("--pace waits for a reader and --json has none: give one of them".into());
        }
        match words.split_first() {
            None => options.scenes = chapter.scenes.iter().collect(),
            Some((word, given)) if word == "check" => {
                options.check = Some(Asked::parse(chapter.exercises, given)?);
                for (option, named) in [("trace", &trace), ("svg", &svg)] {
                    if named.is_some() {
                        return Err(format!("--{option} is for scenes; an exercise draws nothing"));
                    }
                }
            }
            Some(_) => {
                for word in &words {
                    options.scenes.push(find(chapter, word)?);
                }
            }
        }
        options.trace = trace.map(|path| created("trace", path)).transpose()?;
        options.svg = svg.map(|path| created("svg", path)).transpose()?;
        Ok(options)
    }
}

fn created(option: &str, path: OsString) -> Result<(PathBuf, File), String> {
    let path = PathBuf::from(path);
    match File::create(&path) {
        Ok(file) => Ok((path, file)),
        Err(why) => {
            let path = path.display();
            Err(format!("--{option} {path}: {why}; name a file that can be written"))
        }
    }
}

fn value(parser: &mut Parser, name: &str, what: &str) -> Result<OsString, String> {
    parser.value().map_err(|_| format!("--{name} needs a value: --{name} {what}"))
}

/// A scene by its name or number, or a report by its name.
fn find(chapter: &Chapter, given: &str) -> Result<&'static Scene, String> {
    let by_name = chapter.scenes.iter().chain(chapter.reports).find(|scene| scene.name == given);
    let by_number = || chapter.scenes.get(given.parse::<usize>().ok()?.checked_sub(1)?);
    by_name.or_else(by_number).ok_or_else(|| {
        let names =
            |scenes: &[Scene]| scenes.iter().map(|scene| scene.name).collect::<Vec<_>>().join(", ");
        let mut why =
            format!("there is no scene {given:?}; the scenes are {}", names(chapter.scenes));
        if !chapter.reports.is_empty() {
            why.push_str(&format!("; reports: {}", names(chapter.reports)));
        }
        why
    })
}
