//! The talk: what can be said of it without giving it.

use std::collections::BTreeSet;
use std::fs;

use docs::demos::{DEMOS, Demo};
use docs::talk::{MOST_SLIDES, PARTS, slides, times};

#[test]
fn every_part_has_its_minutes_and_the_slides_are_few() {
    let slides = slides().unwrap();
    assert!(slides.len() <= MOST_SLIDES, "{} slides", slides.len());
    let parts: Vec<_> = slides.iter().map(|slide| slide.part).collect();
    assert!(parts.is_sorted() && parts.first() == Some(&1), "{parts:?}");
    for ((title, minutes), seconds) in PARTS.iter().zip(times(&slides)) {
        assert_eq!(seconds, minutes * 60, "{title}");
    }
    assert_eq!(PARTS.iter().map(|(_, minutes)| minutes).sum::<u32>(), 25);
}

#[test]
fn every_demo_is_on_a_slide_and_every_slide_finds_its_demo() {
    let slides = slides().unwrap();
    let shown: BTreeSet<_> =
        slides.iter().flat_map(|slide| &slide.demos).map(String::as_str).collect();
    let known: BTreeSet<_> = DEMOS.iter().map(|demo| demo.name).collect();
    assert_eq!(shown, known);
}

#[test]
fn every_recording_fits_a_slide() {
    for demo in DEMOS {
        let path = demo.recording();
        let text =
            fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let first = text.lines().next().unwrap_or_default();
        assert!(first.contains(demo.from), "{}: begins with {first:?}", demo.name);
        assert!(text.lines().count() <= demo.lines && demo.lines <= 22, "{}", demo.name);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{}", demo.name);
    }
}

#[test]
fn what_cannot_run_is_shown_recorded_and_says_so() {
    let recorded = Demo { package: "no-such-demo", ..*Demo::named("lost-update").unwrap() };
    let shown = recorded.show().unwrap();
    assert!(shown.recorded.is_some_and(|why| why.contains("no-such-demo was not built")));
    assert!(shown.text.contains("reads 0"), "{}", shown.text);
}
