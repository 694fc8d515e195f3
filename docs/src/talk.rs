//! The talk: its slides, and how long each takes.
//!
//! `docs/talk.md` is a presentation for [presenterm](https://github.com/mfontanini/presenterm). Every
//! slide has a note for the speaker that begins with its part and its time: `[3, 0:40]`.

use std::path::Path;

use crate::repository::read;

/// The parts, and how many minutes each has.
pub const PARTS: [(&str, u32); 7] = [
    ("Why does the world suddenly care?", 2),
    ("Concurrent, parallel, asynchronous", 2),
    ("Threads, and a lock around everything", 6),
    ("Many processes", 5),
    ("Beyond one machine", 1),
    ("Event loops and green threads", 6),
    ("What gets faster, and which tool", 3),
];

/// How many slides an audience bears in 25 minutes.
pub const MOST_SLIDES: usize = 30;

/// A slide.
#[derive(Debug)]
pub struct Slide {
    /// Its heading.
    pub title: String,
    /// Its part, from 1.
    pub part: usize,
    /// How long it is shown, in seconds.
    pub seconds: u32,
    /// The demos that run on it.
    pub demos: Vec<String>,
}

/// All slides of `docs/talk.md`.
///
/// # Errors
/// One line about the first slide that has no note with its part and time.
pub fn slides() -> Result<Vec<Slide>, String> {
    let text = read(Path::new("docs/talk.md"));
    let body = text.splitn(3, "---\n").nth(2).ok_or("docs/talk.md begins with no front matter")?;
    let slides = body.split("<!-- end_slide -->").filter(|slide| !slide.trim().is_empty());
    slides.map(slide).collect()
}

fn slide(text: &str) -> Result<Slide, String> {
    let mut lines = text.trim().lines();
    let heading = lines.by_ref().find(|line| !line.starts_with("<!--") && !line.trim().is_empty());
    let title = heading.unwrap_or_default().trim_start_matches('#').trim().to_owned();
    let timed = || {
        let note = text.split_once("speaker_note: |")?.1.trim_start().strip_prefix('[')?;
        let note = note.split_once(']')?.0;
        let (part, time) = note.split_once(',')?;
        let (minutes, seconds) = time.trim().split_once(':')?;
        let part = part.trim().parse().ok().filter(|part| (1..=PARTS.len()).contains(part))?;
        let (minutes, seconds) = (minutes.parse::<u32>().ok()?, seconds.parse::<u32>().ok()?);
        (seconds < 60).then_some((part, minutes * 60 + seconds))
    };
    let (part, seconds) = timed().ok_or_else(|| {
        let parts = PARTS.len();
        format!(
            "slide {title:?}: no note that begins with [part, m:ss], the part from 1 to {parts}"
        )
    })?;
    let demos =
        text.lines().filter_map(|line| line.trim().strip_prefix("../target/debug/docs demo "));
    Ok(Slide { title, part, seconds, demos: demos.map(str::to_owned).collect() })
}

/// How long each part takes, in seconds.
#[must_use]
pub fn times(slides: &[Slide]) -> [u32; PARTS.len()] {
    let mut times = [0; PARTS.len()];
    for slide in slides {
        if let Some(time) = slide.part.checked_sub(1).and_then(|part| times.get_mut(part)) {
            *time += slide.seconds;
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slide_has_a_part_and_a_time() {
        let noted =
            |note: &str| slide(&format!("# A title\n\n<!--\nspeaker_note: |\n  {note} x\n-->"));
        let right = noted("[7, 1:05]").expect("a slide");
        assert_eq!((right.title.as_str(), right.part, right.seconds), ("A title", 7, 65));
        for wrong in ["[0, 0:10]", "[8, 0:10]", "[1, 0:60]", "[1, 10]", "[x, 0:10]", "0:10"] {
            assert!(noted(wrong).is_err(), "{wrong}");
        }
    }
}
