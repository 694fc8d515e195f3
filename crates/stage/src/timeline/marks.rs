//! What stands for a state in a lane.

use super::Stretch;
use crate::printer::Style;

/// How a state looks in every timeline of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The state, as it is recorded and as it stands in the legend.
    pub state: &'a str,
    /// What a column shows that is in this state; different from the other states' glyphs.
    pub glyph: char,
    /// What becomes of it where several states fall into one column.
    pub weight: Weight,
}

/// How a state asserts itself in a column: the one that took most of the time is shown, unless a
/// striking one displaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What the lane is there for, such as running. Nothing displaces it.
    Solid,
    /// All else, such as waiting.
    Light,
    /// Short or rare, and yet what to look for, such as an attempt that failed: shown wherever it
    /// occurs, however shortly, in the place of light states.
    Striking,
}

use Weight::{Light, Solid, Striking};

/// The states that many chapters have, which look alike in all of them.
const KNOWN: [Mark<'static>; 4] = [
    Mark { state: "computing", glyph: '█', weight: Solid },
    Mark { state: "waiting", glyph: '░', weight: Light },
    Mark { state: "holding", glyph: '▓', weight: Solid },
    Mark { state: "blocked", glyph: '▒', weight: Light },
];

/// For the other states, in the order in which they appear.
const MORE: [char; 6] = ['■', '=', '~', '+', 'o', 'x'];

/// Each state that occurs, with its mark (the chapter's own if it has one) and its style.
pub(super) fn marks<'a>(
    spans: impl Iterator<Item = Stretch<'a>>,
    own: &[Mark<'static>],
) -> Vec<(Mark<'a>, Style)> {
    let mut marks: Vec<(Mark<'a>, Style)> = Vec::new();
    let mut more = MORE.iter().cycle();
    for span in spans {
        if marks.iter().all(|(mark, _)| mark.state != span.state) {
            let of = |marks: &[Mark<'_>]| marks.iter().position(|mark| mark.state == span.state);
            let (mark, place) = match (of(own), of(&KNOWN)) {
                (Some(place), _) => (own[place], place),
                (None, Some(place)) => (KNOWN[place], place),
                (None, None) => {
                    let glyph = *more.next().unwrap_or(&'?');
                    let mark = Mark { state: span.state, glyph, weight: Light };
                    (mark, KNOWN.len() + marks.len())
                }
            };
            let striking = mark.weight == Striking;
            marks.push((mark, if striking { Style::Bad } else { Style::Kind(place) }));
        }
    }
    marks
}
