//! A scene, and the stage that it plays on.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Display;

use serde_json::{Value, json};

use crate::options::Options;
use crate::printer::{Printer, Style};
use crate::{Bars, Mark, Table, Timeline};

/// How a scene ends: an error is for what kept it from playing, not for a claim that fell.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// One claim, and the run that puts it to the test.
pub struct Scene {
    /// What the reader types to play it: one word.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is expected, before anything is measured.
    pub claim: &'static str,
    /// The run.
    pub play: fn(&mut Stage<'_>) -> Result,
    /// Something for the reader to change, and what to look for then.
    pub try_this: &'static str,
    /// The file and function to read.
    pub read: &'static str,
}

impl Scene {
    /// Plays it before nobody, for what it recorded: each timeline with what it shows.
    ///
    /// # Errors
    /// What kept it from playing.
    pub fn record(&self, quick: bool) -> Result<Vec<(String, Timeline)>> {
        let (printer, options) = (&mut Printer::silent(), &Options { quick, ..Options::default() });
        let (checks, figures, timelines) = (Vec::new(), Vec::new(), Vec::new());
        let mut stage = Stage { printer, options, marks: &[], checks, figures, timelines };
        (self.play)(&mut stage)?;
        Ok(stage.timelines)
    }
}

/// Where a scene shows its figures and has its claims checked.
pub struct Stage<'a> {
    pub(crate) printer: &'a mut Printer,
    pub(crate) options: &'a Options,
    pub(crate) marks: &'static [Mark<'static>],
    pub(crate) checks: Vec<Check>,
    pub(crate) figures: Vec<Value>,
    pub(crate) timelines: Vec<(String, Timeline)>,
}

/// What a claim came to.
pub(crate) struct Check {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) held: bool,
    pub(crate) otherwise: &'static str,
}

impl Stage<'_> {
    /// Whether the reader asked for a short run.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        self.options.quick
    }

    /// `full`, or `quick` if the reader asked for a short run.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.is_quick() { quick } else { full }
    }

    /// The value that the reader gave (last) for an option of the chapter's own, as in
    /// `--path DIR`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&OsStr> {
        self.options(name).last()
    }

    /// All the values that the reader gave for an option of the chapter's own, in that order, as in
    /// `--python PATH --python PATH`.
    pub fn options(&self, name: &str) -> impl Iterator<Item = &OsStr> {
        let own = self.options.own.iter().filter(move |(given, _)| *given == name);
        own.map(|(_, value)| value.as_os_str())
    }

    /// A paragraph, wrapped to the width of the terminal.
    pub fn say(&mut self, text: impl Display) {
        let text = text.to_string();
        self.printer.paragraph("", &text);
        self.figures.push(json!({ "text": text }));
    }

    /// Lines as they are: a listing, a diagram.
    pub fn listing(&mut self, lines: impl Display) {
        let lines = lines.to_string();
        for line in lines.lines() {
            self.printer.line(&format!("    {line}"));
        }
        self.figures.push(json!({ "listing": lines }));
    }

    /// A table.
    pub fn table(&mut self, table: &Table) {
        table.draw(self.printer);
        self.figures.push(table.json());
    }

    /// Bars.
    pub fn bars(&mut self, bars: &Bars) {
        bars.draw(self.printer);
        self.figures.push(bars.json());
    }

    /// A timeline, with what it shows.
    pub fn timeline(&mut self, shows: impl Display, timeline: Timeline) {
        let shows = shows.to_string();
        self.printer.paragraph("", &shows);
        timeline.draw(self.marks, self.printer);
        self.figures.push(timeline.json(&shows));
        self.timelines.push((shows, timeline));
    }

    /// Says whether a claim held, with the figure that decides it. `otherwise` is why it may not
    /// hold on some machines; it is said only where it did not.
    pub fn check(
        &mut self,
        what: impl Display,
        measured: impl Display,
        held: bool,
        otherwise: &'static str,
    ) {
        let check =
            Check { what: what.to_string(), measured: measured.to_string(), held, otherwise };
        let (mark, style) =
            if held { ("✓ held", Style::Good) } else { ("✗ did not hold", Style::Bad) };
        self.printer.mark(mark, style, &check.text());
        self.checks.push(check);
    }
}

impl Check {
    /// The claim and its figure; and if it did not hold, why that can be.
    pub(crate) fn text(&self) -> String {
        let Check { what, measured, held, otherwise } = self;
        match (held, otherwise.split_at_checked(1)) {
            (false, Some((first, rest))) => {
                format!("{what}: {measured}. {}{rest}", first.to_uppercase())
            }
            _ => format!("{what}: {measured}"),
        }
    }
}
