//! The program that every chapter is: it plays scenes.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufWriter};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;

use crate::exercise::{Asked, Exercise};
use crate::options::{ChapterOption, Options};
use crate::printer::{AudienceLeft, Printer, Style, while_heard};
use crate::scene::{Check, Scene, Stage};
use crate::timeline::svg;
use crate::{Mark, Timeline, trace};

/// A chapter: its scenes, in the order in which they are read.
pub struct Chapter {
    /// The package, as in `cargo run -p NAME`.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its scenes.
    pub scenes: &'static [Scene],
    /// What takes too long to be played with the scenes: played only when it is named, and not
    /// numbered.
    pub reports: &'static [Scene],
    /// What the reader foresees and has checked: `check N NUMBER`.
    pub exercises: &'static [Exercise],
    /// The options of its own.
    pub options: &'static [ChapterOption],
    /// How the states of its own look in timelines.
    pub marks: &'static [Mark<'static>],
}

/// What was played so far.
#[derive(Default)]
struct Played {
    scenes: usize,
    /// The scenes that could not be played to their end, and why.
    broken: Vec<(&'static str, String)>,
    checks: usize,
    /// The claims that did not hold, each with its scene.
    fallen: Vec<(&'static str, Check)>,
    timelines: Vec<(String, Timeline)>,
}

impl Chapter {
    /// Plays what the command line asks for. The exit status is 0 also when a claim did not hold
    /// (that is a finding), 1 when a scene could not be played or the output failed, 2 for wrong
    /// use.
    #[must_use]
    pub fn play(&self) -> ExitCode {
        match Options::parse(self, lexopt::Parser::from_env()) {
            Ok(options) => self.attend(options),
            Err(why) => {
                eprintln!("{}: {why}", self.name);
                ExitCode::from(2)
            }
        }
    }

    /// Plays for as long as there is an audience.
    fn attend(&self, options: Options) -> ExitCode {
        let mut played = Played::default();
        let heard = while_heard(|| {
            let mut printer = if options.json { Printer::silent() } else { Printer::stdout() };
            if options.help {
                self.help(&mut Printer::stdout());
            } else if options.list && options.json {
                self.list_json(&mut printer);
            } else if options.list {
                self.list(&mut Printer::stdout());
            } else if let Some(asked) = &options.check {
                self.exercise(asked, &mut printer, &options, &mut played);
            } else {
                self.perform(&mut printer, &options, &mut played);
            }
        });
        let Played { timelines, .. } = &played;
        let trace = |file: &File| trace::write(&mut BufWriter::new(file), timelines);
        let svg = |file: &File| svg::write(&mut BufWriter::new(file), timelines, self.marks);
        let written = self.keep("--trace", &options.trace, &played, trace)
            & self.keep("--svg", &options.svg, &played, svg);
        let cut = heard == Err(AudienceLeft::Cut) || !written;
        if cut || !played.broken.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    /// Writes the timelines to the file that was named, if one was; whether nothing went wrong.
    fn keep(
        &self,
        option: &str,
        named: &Option<(PathBuf, File)>,
        played: &Played,
        write: impl FnOnce(&File) -> io::Result<()>,
    ) -> bool {
        let Some((path, file)) = named else { return true };
        let (name, path) = (self.name, path.display());
        if let Err(why) = write(file) {
            eprintln!("{name}: {option} {path}: {why}");
            return false;
        }
        if played.scenes > 0 && played.timelines.is_empty() {
            eprintln!("{name}: {option} {path}: no scene played has a timeline");
        }
        true
    }

    fn perform(&self, printer: &mut Printer, options: &Options, played: &mut Played) {
        let start = Instant::now();
        for scene in &options.scenes {
            self.scene(scene, printer, options, played);
        }
        let Played { scenes, checks, fallen, broken, .. } = played;
        let (scenes, claims) = (count(*scenes, "scene"), count(*checks, "claim"));
        let held = *checks - fallen.len();
        let seconds = start.elapsed().as_secs_f64();
        printer.line("");
        let summary = format!("{scenes} in {seconds:.1} s: {held} of {claims} held");
        printer.pieces(&[(Style::Heading, &summary)]);
        for (scene, check) in fallen.iter() {
            printer.mark(&format!("✗ {scene}"), Style::Bad, &check.text());
        }
        for (scene, why) in broken.iter() {
            let text = format!("could not be played: {why}");
            printer.mark(&format!("✗ {scene}"), Style::Bad, &text);
        }
    }

    fn scene(&self, scene: &Scene, printer: &mut Printer, options: &Options, played: &mut Played) {
        let place = self.scenes.iter().position(|candidate| candidate.name == scene.name);
        let number = place.map_or(String::new(), |place| format!("{} ", place + 1));
        printer.line("");
        printer.heading(&format!("━━ {number}{} ━━ {} ", scene.name, scene.title));
        printer.paragraph("claim: ", scene.claim);
        if options.pace {
            printer.wait_for_enter();
        }
        let start = Instant::now();
        let (checks, figures, timelines) = (Vec::new(), Vec::new(), Vec::new());
        let marks = self.marks;
        let mut stage = Stage { printer, options, marks, checks, figures, timelines };
        let outcome = play(scene, &mut stage);
        let Stage { checks, figures, timelines, .. } = stage;
        if let Err(why) = &outcome {
            eprintln!("{}: scene {}: {why}", self.name, scene.name);
            played.broken.push((scene.name, why.clone()));
        }
        printer.paragraph("try: ", scene.try_this);
        printer.paragraph("read: ", scene.read);
        if options.json {
            let verdicts: Vec<_> = checks
                .iter()
                .map(|check| json!({ "what": check.what, "measured": check.measured, "held": check.held }))
                .collect();
            printer.json(&json!({
                "chapter": self.name, "scene": scene.name, "claim": scene.claim,
                "quick": options.quick, "seconds": start.elapsed().as_secs_f64(),
                "figures": figures, "checks": verdicts,
                "error": outcome.err(),
                "try": scene.try_this, "read": scene.read,
            }));
        }
        played.scenes += 1;
        played.checks += checks.len();
        played.fallen.extend(checks.into_iter().filter(|c| !c.held).map(|c| (scene.name, c)));
        let named = |(shows, timeline)| (format!("{}: {shows}", scene.name), timeline);
        played.timelines.extend(timelines.into_iter().map(named));
        if options.pace {
            printer.wait_for_enter();
        }
    }

    fn exercise(
        &self,
        asked: &Asked,
        printer: &mut Printer,
        options: &Options,
        played: &mut Played,
    ) {
        let Asked::One(wanted) = *asked else { return self.exercises(&mut Printer::stdout()) };
        printer.heading(&format!("━━ exercise {} ━━ {} ", wanted.number, wanted.exercise.what));
        printer.paragraph("", wanted.exercise.task);
        let (checks, figures, timelines) = (Vec::new(), Vec::new(), Vec::new());
        let marks = self.marks;
        let mut stage = Stage { printer, options, marks, checks, figures, timelines };
        let outcome = guarded(|| stage.hold(wanted));
        let figures = stage.figures;
        if let Err(why) = &outcome {
            eprintln!("{}: exercise {}: {why}", self.name, wanted.number);
            played.broken.push(("exercise", why.clone()));
        }
        if options.json {
            printer.json(&json!({
                "chapter": self.name, "exercise": wanted.number, "task": wanted.exercise.task,
                "figures": figures, "error": outcome.err(),
            }));
        }
    }

    /// Tells all exercises, and how each is checked.
    fn exercises(&self, printer: &mut Printer) {
        for (i, exercise) in self.exercises.iter().enumerate() {
            let (number, unit) = (i + 1, exercise.told_unit(" (", ")"));
            printer.paragraph(&format!("{number}. "), exercise.task);
            let command = format!("cargo run -p {} -- check {number} NUMBER", self.name);
            printer.paragraph("   ", &format!("{command}{unit}"));
        }
    }

    fn list(&self, printer: &mut Printer) {
        let names = self.scenes.iter().chain(self.reports).map(|scene| scene.name.len());
        let longest = names.max().unwrap_or(0);
        let lead = |number: &str, scene: &Scene| format!("{number:>3} {:longest$}  ", scene.name);
        for (i, scene) in self.scenes.iter().enumerate() {
            printer.paragraph(&lead(&(i + 1).to_string(), scene), scene.title);
        }
        if !self.reports.is_empty() {
            printer.line("");
            printer.line("reports, played only by name:");
        }
        for report in self.reports {
            printer.paragraph(&lead("", report), report.title);
        }
    }

    fn list_json(&self, printer: &mut Printer) {
        for scene in self.scenes.iter().chain(self.reports) {
            printer.json(&json!({
                "chapter": self.name, "scene": scene.name, "title": scene.title,
                "claim": scene.claim, "try": scene.try_this, "read": scene.read,
            }));
        }
    }

    fn help(&self, printer: &mut Printer) {
        printer.line(&format!("{}: {}", self.name, self.title));
        printer.line("");
        printer.paragraph("", &format!("cargo run -p {} -- [OPTION…] [SCENE…]", self.name));
        if !self.exercises.is_empty() {
            let check = format!("cargo run -p {} -- check [N NUMBER]", self.name);
            printer.paragraph(
                "",
                &format!("{check}: the exercises, or what you foresee, held against a run"),
            );
        }
        printer.line("");
        let mut options = vec![
            ("--list".to_owned(), "the scenes, and nothing else"),
            ("--quick".to_owned(), "shorter runs, coarser figures"),
            ("--pace".to_owned(), "wait for Enter before and after each scene"),
            ("--json".to_owned(), "one JSON object a scene, and nothing else"),
            ("--trace FILE".to_owned(), "write the timelines for ui.perfetto.dev"),
            ("--svg FILE".to_owned(), "write the timelines as a picture"),
        ];
        let own = |own: &ChapterOption| (format!("--{} {}", own.name, own.value), own.help);
        options.extend(self.options.iter().map(own));
        let longest = options.iter().map(|(option, _)| option.len()).max().unwrap_or(0);
        for (option, help) in options {
            printer.paragraph(&format!("  {option:<longest$} "), help);
        }
        printer.line("");
        self.list(printer);
    }
}

/// Plays one scene to its end, which may be a panic: that is no reason not to play the others.
fn play(scene: &Scene, stage: &mut Stage<'_>) -> Result<(), String> {
    guarded(|| (scene.play)(stage))
}

fn guarded(play: impl FnOnce() -> crate::Result) -> Result<(), String> {
    match panic::catch_unwind(AssertUnwindSafe(play)) {
        Ok(outcome) => outcome.map_err(|why| why.to_string()),
        Err(payload) if payload.is::<AudienceLeft>() => panic::resume_unwind(payload),
        Err(payload) => Err(format!("it panicked: {}", said(&payload))),
    }
}

fn said(payload: &Box<dyn Any + Send>) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or(payload.downcast_ref::<&str>().copied()).unwrap_or("what it said is not text")
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
