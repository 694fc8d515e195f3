//! The lanes as an SVG: for a report, a book, a slide.
//!
//! A state's weight can be told without colour: a solid state fills its lane, a light one is a line
//! in the middle of it, a striking one sticks out. States of the same weight differ by colour alone.
//! The picture brings its own style, and follows the reader's choice of light or dark.

use std::fmt::Write;
use std::io;

use super::draw::{MOST, shortened};
use super::marks::{KINDS, marks};
use super::slices::Slices;
use super::{Mark, Stretch, Timeline, Weight};
use crate::printer::{Style, wrap};

mod frame;

/// In the picture's own units, which are pixels where it is shown at its full size.
const WIDTH: usize = 800;
const LANE: usize = 22;
const LINE: usize = 18;
const MARGIN: usize = 12;

/// About the width of a character of the text.
const CHARACTER: usize = 7;

/// Okabe and Ito's colours, which the colour-blind tell apart too, in the order of
/// [`Style::Kind`]; a striking state has their vermilion.
const STYLE: &str = include_str!("svg.css");

/// Lanes below a title.
pub struct Picture<'a> {
    /// Of what it is.
    pub title: &'a str,
    /// Names and what they did, from top to bottom; in order and without overlap.
    pub lanes: Vec<(&'a str, &'a [Stretch<'a>])>,
}

impl<'a> Picture<'a> {
    /// Of what was recorded.
    #[must_use]
    pub fn of(title: &'a str, timeline: &'a Timeline) -> Picture<'a> {
        let lanes = timeline.lanes.iter().map(|lane| (lane.name.as_str(), &lane.spans[..]));
        Picture { title, lanes: lanes.collect() }
    }

    fn spans(&self) -> impl Iterator<Item = Stretch<'a>> {
        self.lanes.iter().flat_map(|(_, spans)| spans.iter().copied())
    }
}

/// Writes all of them, one below the other, as a file of its own.
///
/// # Errors
/// What the writer says.
pub fn write(
    out: &mut impl io::Write,
    timelines: &[(String, Timeline)],
    own: &[Mark<'static>],
) -> io::Result<()> {
    let pictures: Vec<_> = timelines.iter().map(|(title, t)| Picture::of(title, t)).collect();
    writeln!(out, "{}", draw(&pictures, own))?;
    out.flush()
}

/// One element, with all of them one below the other. `own` is how a chapter's own states look.
#[must_use]
pub fn draw(pictures: &[Picture<'_>], own: &[Mark<'static>]) -> String {
    let (mut body, mut y) = (String::new(), MARGIN);
    for picture in pictures {
        y = one(&mut body, picture, own, y) + MARGIN;
    }
    let titles: Vec<_> = pictures.iter().map(|picture| picture.title).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lanes\" role=\"img\" \
         viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\"><title>{}</title>\
         <style>{STYLE}</style><rect class=\"page\" width=\"{WIDTH}\" height=\"{y}\"/>{body}</svg>",
        escaped(&titles.join("; "))
    )
}

/// Draws from `y` downwards, and tells where it ends.
fn one(out: &mut String, picture: &Picture<'_>, own: &[Mark<'static>], mut y: usize) -> usize {
    for line in wrap(picture.title, (WIDTH - 2 * MARGIN) / CHARACTER) {
        y += LINE;
        text(out, "title", MARGIN, y - 5, &line);
    }
    let start = picture.spans().map(|span| span.from).min().unwrap_or_default();
    let end = picture.spans().map(|span| span.to).max().unwrap_or_default();
    if picture.spans().next().is_none() {
        text(out, "faint", MARGIN, y + LINE - 5, "(nothing was recorded)");
        return y + LINE;
    }
    let marks = marks(picture.spans(), own);
    let longest = picture.lanes.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let names = longest.min(24);
    let left = MARGIN + names * CHARACTER + 8;
    let slices = Slices::new(start, end, WIDTH - MARGIN - left);
    let shown = picture.lanes.len().min(MOST);
    let foot = y + shown * LANE;
    frame::scale(out, end - start, left, y, foot);
    for (name, spans) in &picture.lanes[..shown] {
        text(out, "name", MARGIN, y + LANE / 2 + 4, &shortened(name, names));
        lane(out, &slices.cells(spans, &marks), &marks, left, y);
        items(out, spans, &slices, &marks, left, y);
        y += LANE;
    }
    y += LINE;
    if picture.lanes.len() > MOST {
        y += LINE;
        let more = format!("… and {} lanes more", picture.lanes.len() - MOST);
        text(out, "faint", MARGIN, y - 5, &more);
    }
    frame::legend(out, &marks, y)
}

/// One path for each state, a piece for each run of columns in it.
fn lane(
    out: &mut String,
    cells: &[(&str, Option<char>)],
    marks: &[(Mark<'_>, Style)],
    left: usize,
    top: usize,
) {
    let middle = top + LANE / 2;
    for (mark, style) in marks {
        let mut path = String::new();
        let mut x = left;
        for run in cells.chunk_by(|(one, _), (other, _)| one == other) {
            if run[0].0 == mark.state {
                let _ = write!(path, "M{x} {middle}h{}", run.len());
            }
            x += run.len();
        }
        if !path.is_empty() {
            let _ = write!(out, "<path class=\"{}\" d=\"{path}\"/>", class(mark.weight, *style));
        }
    }
}

/// The number of what is worked on, where there is room for it.
fn items(
    out: &mut String,
    spans: &[Stretch<'_>],
    slices: &Slices,
    marks: &[(Mark<'_>, Style)],
    left: usize,
    top: usize,
) {
    let solid = |span: &&Stretch<'_>| {
        marks.iter().any(|(mark, _)| mark.state == span.state && mark.weight == Weight::Solid)
    };
    for span in spans.iter().filter(solid) {
        let Some(item) = span.item.map(|item| item.to_string()) else { continue };
        let (from, to) = (slices.column(span.from), slices.column(span.to));
        if to - from > item.len() * CHARACTER + 4 {
            text(out, "item", left + from + 3, top + LANE / 2 + 4, &item);
        }
    }
}

fn class(weight: Weight, style: Style) -> String {
    match (weight, style) {
        (Weight::Solid, Style::Kind(kind)) => format!("solid k{}", kind % KINDS),
        (_, Style::Kind(kind)) => format!("light k{}", kind % KINDS),
        _ => "striking".into(),
    }
}

fn text(out: &mut String, class: &str, x: usize, y: usize, text: &str) {
    let text = escaped(text);
    let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>");
}

/// As XML wants it: what it can't hold at all, such as a control character, becomes a blank.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
