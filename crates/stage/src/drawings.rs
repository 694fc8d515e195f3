//! What is drawn fits the terminal, whatever it is given to draw.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::printer::Printer;
use crate::timeline::svg::{self, Picture};
use crate::timeline::{Finished, Span};
use crate::{Bars, Mark, Recorder, Table, Timeline, Weight, trace};

const WIDTHS: [usize; 4] = [40, 60, 80, 120];

/// The states of a lane that wants a lock.
const LOCK: [Mark; 5] = [
    Mark { state: "holds the lock", glyph: '█', weight: Weight::Solid },
    Mark { state: "waits", glyph: '░', weight: Weight::Light },
    Mark { state: "has asked", glyph: '▒', weight: Weight::Light },
    Mark { state: "woken in vain", glyph: '×', weight: Weight::Striking },
    Mark { state: "outside", glyph: '·', weight: Weight::Light },
];

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that are drawn in so many columns, without colour. None is wider, unless it is a
/// word that cannot be broken.
fn lines(width: usize, draw: impl FnOnce(&mut Printer)) -> Vec<String> {
    let page = Page::default();
    draw(&mut Printer::to(page.clone(), width));
    let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
    let text = anstream::adapter::strip_str(&text).to_string();
    for line in text.lines() {
        let unbreakable = line.split_whitespace().count() == 1;
        assert!(line.chars().count() <= width || unbreakable, "more than {width}: {line:?}");
    }
    text.lines().map(str::to_owned).collect()
}

fn span(state: &'static str, from: u64, to: u64) -> Span {
    let [from, to] = [from, to].map(Duration::from_micros);
    Span { state, item: None, from, to }
}

fn timeline<const LANES: usize>(lanes: [(&str, Vec<Span>); LANES]) -> Timeline {
    let finished = |(name, spans): (&str, _)| Finished { name: name.to_owned(), spans };
    Timeline { lanes: lanes.map(finished).to_vec() }
}

fn drawn(timeline: &Timeline, width: usize) -> Vec<String> {
    lines(width, |printer| timeline.draw(&LOCK, printer))
}

#[test]
fn figures_stand_to_the_right_and_text_to_the_left() {
    let mut table = Table::new(["way", "time", "note"]);
    table.row(["one by one", "12.3 ms", "short"]);
    table.row([
        "all",
        "9.87 ms",
        "a note that is so long that it must be wrapped somewhere, and so it is",
    ]);
    let expected = [
        "  way            time  note",
        "  one by one  12.3 ms  short",
        "  all         9.87 ms  a note that is so long that it must",
        "                       be wrapped somewhere, and so it is",
    ];
    assert_eq!(lines(60, |printer| table.draw(printer)), expected);
}

#[test]
fn a_table_without_rows_is_its_headings() {
    for width in WIDTHS {
        let table = Table::new(["way", "time"]);
        assert_eq!(lines(width, |printer| table.draw(printer)), ["  way  time"]);
    }
}

#[test]
fn a_table_too_wide_stands_below_itself() {
    let mut table = Table::new(["way to share the work", "time", "switches", "note"]);
    table.row([
        "a thread for each of the tasks",
        "12.3 ms",
        "1,024",
        "a pool would do it with two threads",
    ]);
    let expected = [
        "  a thread for each of the tasks",
        "    time      12.3 ms",
        "    switches  1,024",
        "    note      a pool would do it with",
        "              two threads",
    ];
    assert_eq!(lines(40, |printer| table.draw(printer)), expected);
    for width in WIDTHS {
        lines(width, |printer| table.draw(printer));
    }
}

#[test]
fn bars_are_as_long_as_their_figures_say() {
    let mut bars = Bars::new("How long it takes:", "ms");
    for (label, value) in [("one", 200.0), ("two", 100.0), ("none", 0.0)] {
        bars.bar(label, value);
    }
    for width in WIDTHS {
        let lines = lines(width, |printer| bars.draw(printer));
        let length = |line: &String| line.chars().filter(|c| *c == '█').count();
        assert_eq!(length(&lines[1]), width - 4 - 7 - 6, "{lines:?}");
        assert_eq!((length(&lines[2]), length(&lines[3])), (length(&lines[1]) / 2, 0));
        assert!(lines[3].ends_with(" 0.00 ms"));
    }
}

#[test]
fn bars_can_be_drawn_of_anything() {
    let long = "a label that has more to say than a narrow terminal has room for it";
    for values in [vec![], vec![0.0], vec![f64::NAN, f64::INFINITY, -1.0, 1e12, 1.0]] {
        let mut bars = Bars::new("Anything:", "requests/s");
        values.iter().for_each(|value| bars.bar(long, *value));
        for width in WIDTHS {
            lines(width, |printer| bars.draw(printer));
        }
    }
}

#[test]
fn lanes_show_who_was_in_which_state_when() {
    let timeline = timeline([
        ("main", vec![span("waiting", 0, 1_000)]),
        ("worker 1", vec![Span { item: Some(7), ..span("computing", 0, 500) }]),
        ("worker 2", vec![span("blocked", 500, 750), span("holding", 750, 1_000)]),
    ]);
    let expected = [
        "  main     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
        "  worker 1 █7████████████",
        "  worker 2               ▒▒▒▒▒▒▒▓▓▓▓▓▓▓",
        "           0                    1.00 ms",
        "  ░ waiting  █ computing  ▒ blocked",
        "  ▓ holding",
    ];
    assert_eq!(drawn(&timeline, 40), expected);
}

#[test]
fn a_chapters_own_states_look_as_it_says() {
    let timeline = timeline([
        ("thread 1", vec![span("holds the lock", 0, 500), span("outside", 500, 1_000)]),
        (
            "thread 2",
            vec![
                span("waits", 0, 260),
                span("woken in vain", 260, 261),
                span("has asked", 261, 500),
                span("holds the lock", 500, 1_000),
            ],
        ),
    ]);
    let expected = [
        "  thread 1 ██████████████··············",
        "  thread 2 ░░░░░░░×▒▒▒▒▒▒██████████████",
        "           0                    1.00 ms",
        "  █ holds the lock  · outside  ░ waits",
        "  × woken in vain  ▒ has asked",
    ];
    assert_eq!(drawn(&timeline, 40), expected);
}

/// A striking state is seen in every column that it touches and in no other, but where a solid one
/// took most of the column.
#[test]
fn a_striking_state_displaces_light_ones_and_no_solid_one() {
    let vain = |at| span("woken in vain", at, at + 1);
    let waits = |from, to| span("waits", from, to);
    let holds = |from, to| span("holds the lock", from, to);
    for (spans, expected) in [
        (vec![waits(0, 279), vain(279), waits(280, 2_800)], "░░×░░░░░░░░░░░░░░░░░░░░░░░░░"),
        (vec![holds(0, 240), vain(240), waits(241, 2_800)], "██×░░░░░░░░░░░░░░░░░░░░░░░░░"),
        (vec![holds(0, 260), vain(260), waits(261, 2_800)], "███░░░░░░░░░░░░░░░░░░░░░░░░░"),
        (vec![holds(0, 290), vain(290), holds(291, 2_800)], "████████████████████████████"),
        (vec![vain(0), span("woken in vain", 2_800, 2_800)], "×                          ×"),
    ] {
        let drawn = drawn(&timeline([("thread 1", spans)]), 40);
        assert_eq!(drawn[0].trim_start_matches("  thread 1 "), expected);
    }
}

/// Many short spans of one state are seen, though none of them takes much of a column.
#[test]
fn a_lane_of_many_short_spans_is_not_drawn_idle() {
    let pair =
        |i: u64| [span("computing", i * 20, i * 20 + 3), span("waiting", i * 20 + 10, i * 20 + 19)];
    let short = (0..5_000).flat_map(pair);
    let timeline = timeline([("loop", short.collect())]);
    for width in WIDTHS {
        let lines = drawn(&timeline, width);
        assert_eq!(lines[0].chars().filter(|c| *c == '░').count(), width - 8, "{lines:?}");
    }
}

/// Nothing is left over behind the last column, also where a column is but some nanoseconds.
#[test]
fn the_last_span_is_drawn_in_the_last_column() {
    for nanos in [1, 39, 79, 159, 1_000, 12_345] {
        let [half, end] = [nanos / 2, nanos].map(Duration::from_nanos);
        let first = Span { to: half, ..span("computing", 0, 0) };
        let last = Span { from: half, to: end, ..span("waiting", 0, 0) };
        for width in WIDTHS {
            let timeline = timeline([("a", vec![first, last])]);
            let lane = &drawn(&timeline, width)[0];
            assert!(lane.trim_end().ends_with('░'), "{nanos} ns in {width}: {lane:?}");
        }
    }
}

/// All sorts of them.
fn anything() -> Vec<Timeline> {
    let name = "a lane whose name is longer than the terminal that it is drawn on is wide, 17";
    let states = ["computing", "waiting", "holding", "blocked", "a", "b", "c", "d", "e", "f", "g"];
    let all = || states.iter().zip(0..).map(|(state, i)| span(state, i * 7, i * 7 + 7)).collect();
    vec![
        Timeline::default(),
        timeline([("nothing", vec![])]),
        timeline([("instant", vec![span("computing", 5, 5)])]),
        timeline([("instants", vec![span("a", 0, 0), span("b", 0, 9), span("c", 9, 9)])]),
        timeline([(name, all())]),
        timeline([("", vec![Span { item: Some(u32::MAX), ..span("x", 0, 1) }])]),
        timeline([("long", vec![span("computing", 0, u64::MAX / 1_000_000)])]),
        Timeline {
            lanes: (0..100).map(|i| Finished { name: format!("lane {i}"), spans: all() }).collect(),
        },
    ]
}

#[test]
fn timelines_can_be_drawn_of_anything() {
    for timeline in anything() {
        for width in WIDTHS {
            let lines = drawn(&timeline, width);
            assert!(lines.len() < 40, "{} lines", lines.len());
            assert_eq!(
                timeline.lanes.len() == 100,
                lines.iter().any(|l| l.contains("68 lanes more"))
            );
        }
    }
    assert_eq!(drawn(&Timeline::default(), 80), ["  (nothing was recorded)"]);
}

/// The attribute of each element of this kind.
fn attributes<'a>(svg: &'a roxmltree::Document<'_>, tag: &str, name: &str) -> Vec<&'a str> {
    let elements =
        svg.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)));
    elements.filter_map(|element| element.attribute(name)).collect()
}

#[test]
fn a_picture_can_be_drawn_of_anything_and_is_xml() {
    for timeline in anything() {
        let name = "1 < 2 && \"3\"\u{1b}";
        let svg = svg::draw(&[Picture::of(name, &timeline), Picture::of(name, &timeline)], &LOCK);
        let document =
            roxmltree::Document::parse(&svg).unwrap_or_else(|why| panic!("{why}: {svg}"));
        let shown = attributes(&document, "text", "class");
        assert_eq!(shown.iter().filter(|class| **class == "title").count(), 2);
        assert!(document.descendants().any(|node| node.text() == Some("1 < 2 && \"3\" ")));
    }
}

/// As wide as its part of the time is, and no longer a file for many spans than for few.
#[test]
fn a_picture_shows_who_was_in_which_state_when() {
    let halves = timeline([("a", vec![span("computing", 0, 500), span("waiting", 500, 1_000)])]);
    let picture = svg::draw(&[Picture::of("Halves", &halves)], &[]);
    let document = roxmltree::Document::parse(&picture).unwrap();
    let paths = attributes(&document, "path", "d");
    let run = |class: &str| {
        let at = attributes(&document, "path", "class").iter().position(|c| *c == class).unwrap();
        paths[at].rsplit_once('h').unwrap().1.parse::<usize>().unwrap()
    };
    assert!(run("solid k0") > 350 && run("solid k0").abs_diff(run("light k1")) <= 1, "{picture}");
    let short = (0..50_000).flat_map(|i| {
        [span("computing", i * 20, i * 20 + 10), span("waiting", i * 20 + 10, i * 20 + 20)]
    });
    let many = timeline([("a", short.collect())]);
    assert!(svg::draw(&[Picture::of("Many", &many)], &[]).len() < 20_000);
}

#[test]
fn a_picture_shows_a_striking_state_however_short() {
    let vain = timeline([(
        "a",
        vec![span("waits", 0, 500), span("woken in vain", 500, 501), span("waits", 501, 100_000)],
    )]);
    let picture = svg::draw(&[Picture::of("In vain", &vain)], &LOCK);
    let document = roxmltree::Document::parse(&picture).unwrap();
    assert!(attributes(&document, "path", "class").contains(&"striking"), "{picture}");
}

/// What Perfetto wants: complete events with times in µs, and metadata that names their lanes.
#[test]
fn a_trace_is_json_with_times_in_microseconds() {
    let recorder = Recorder::new();
    for worker in 1..=3 {
        let mut lane = recorder.lane(format!("worker \"{worker}\""));
        for item in 0..50 {
            lane.now_with("computing", item);
            lane.now("waiting");
        }
    }
    let timeline = recorder.timeline();
    let mut json = Vec::new();
    trace::write(&mut json, &[("scene: it".to_owned(), timeline.clone())]).unwrap();
    let trace: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |phase: &'static str| events.iter().filter(move |event| event["ph"] == phase);
    assert_eq!((of("X").count(), of("M").count()), (300, 4));
    for (thread, lane) in (1..).zip(&timeline.lanes) {
        let events: Vec<_> = of("X").filter(|event| event["tid"] == thread).collect();
        let named = of("M").find(|event| event["tid"] == thread).unwrap();
        assert_eq!(named["args"]["name"], lane.name.as_str());
        for (event, span) in events.iter().zip(&lane.spans) {
            let micros = |what: &str| event[what].as_f64().unwrap();
            assert_eq!((micros("ts") * 1e3).round(), span.from.as_nanos() as f64);
            assert_eq!((micros("dur") * 1e3).round(), (span.to - span.from).as_nanos() as f64);
            assert_eq!(event["cat"], span.state);
        }
        assert!(lane.spans.windows(2).all(|pair| pair[0].to <= pair[1].from));
    }
}

/// No claim, a figure: what a change of state costs where it is recorded.
#[test]
fn what_a_span_costs() {
    const SPANS: u32 = 200_000;
    let recorder = Recorder::new();
    let costs = (0..5).map(|_| {
        let mut lane = recorder.lane("lane");
        let start = Instant::now();
        for _ in 0..SPANS / 2 {
            lane.now("computing");
            lane.now("waiting");
        }
        start.elapsed() / SPANS
    });
    println!("a span costs {:?}", costs.collect::<Vec<_>>());
    let start = Instant::now();
    for _ in 0..SPANS {
        std::hint::black_box(Instant::now());
    }
    println!("a look at the clock {:?}", start.elapsed() / SPANS);
    assert_eq!(recorder.timeline().lanes[0].spans.len(), 5 * SPANS as usize);
}
