//! The page as text: well-formed, complete, and on its own.

use benches::report::{html, markdown};
use roxmltree::{Document, Node, ParsingOptions};

use crate::rich::{NASTY, figure, of, record};

/// As XML, so that whatever is not closed or not escaped is an error. The elements that HTML never
/// closes are closed for it.
fn as_xml(page: &str) -> String {
    let mut xml = String::new();
    let mut rest = page;
    while let Some(at) = ["<meta ", "<link "].iter().filter_map(|tag| rest.find(tag)).min() {
        let end = at + rest[at..].find('>').expect("the end of a tag");
        xml.push_str(&rest[..end]);
        xml.push('/');
        rest = &rest[end..];
    }
    xml + rest
}

fn parsed<T>(page: &str, look: impl FnOnce(&Document<'_>) -> T) -> T {
    let xml = as_xml(page);
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&xml, options);
    look(&document.unwrap_or_else(|why| panic!("{why}")))
}

fn elements<'a>(document: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.tag_name().name() == name).collect()
}

#[test]
fn it_is_well_formed_and_has_every_section() {
    parsed(&html::page(&record()), |page| {
        let sections = elements(page, "section");
        let ids: Vec<_> = sections.iter().filter_map(|section| section.attribute("id")).collect();
        let all = ["matrix", "curves", "latencies", "units", "timelines", "goals", "details"];
        assert_eq!(ids, all);
        for link in elements(page, "a") {
            let to = link.attribute("href").and_then(|to| to.strip_prefix('#')).expect("an anchor");
            assert!(page.descendants().any(|node| node.attribute("id") == Some(to)), "{to}");
        }
    });
}

#[test]
fn what_was_not_measured_is_not_there() {
    parsed(&html::page(&of(Vec::new())), |page| {
        let sections = elements(page, "section");
        assert_eq!(sections.len(), 1);
        assert_eq!(elements(page, "svg").len(), 0);
    });
}

/// The only script is ours, and what came from outside is text wherever it stands.
#[test]
fn everything_is_escaped() {
    parsed(&html::page(&record()), |page| {
        assert_eq!(elements(page, "script").len(), 1);
        let texts = page.descendants().filter_map(|node| node.text());
        let places = texts.filter(|text| text.contains(NASTY)).count();
        assert!(places >= 7, "row, why, benchmark, verdict, title, lane, state: {places}");
        let in_cell = |cell: &Node<'_, '_>| cell.text() == Some(NASTY);
        assert!(elements(page, "td").iter().any(in_cell), "a verdict");
    });
    assert!(markdown(&record()).contains("alert(\"&amp;\\|1\")"), "a table has no bar of its own");
}

#[test]
fn nothing_is_fetched() {
    let page = html::page(&record());
    for loads in ["url(", "@import", "@font-face", "fetch(", "import(", "XMLHttpRequest"] {
        assert!(!page.contains(loads), "{loads}");
    }
    parsed(&page, |page| {
        for node in page.descendants() {
            for attribute in node.attributes() {
                let (name, value) = (attribute.name(), attribute.value());
                let is_link = ["src", "href", "srcset", "data", "action"].contains(&name);
                let stays = value.starts_with('#') || value.starts_with("data:");
                assert!(!is_link || stays, "{name}={value}");
                assert!(!name.starts_with("on"), "{name}={value}");
            }
        }
    });
}

/// Nothing waits for a script to be seen, and whoever sees no picture gets it in words.
#[test]
fn it_needs_neither_script_nor_eyes() {
    parsed(&html::page(&record()), |page| {
        for node in page.descendants() {
            let hides =
                ["hidden", "aria-hidden"].iter().any(|name| node.attribute(*name).is_some());
            assert!(!hides || node.attribute("class") == Some("swatch"), "{node:?}");
        }
        for picture in
            elements(page, "svg").iter().filter(|svg| svg.attribute("class") != Some("swatch"))
        {
            assert_eq!(picture.attribute("role"), Some("img"));
            let title = picture.children().find(|child| child.tag_name().name() == "title");
            assert!(title.and_then(|title| title.text()).is_some_and(|title| !title.is_empty()));
        }
        for scroll in page.descendants().filter(|node| node.attribute("class") == Some("scroll")) {
            let reached = ["tabindex", "role", "aria-label"].map(|name| scroll.attribute(name));
            assert!(reached.iter().all(Option::is_some), "{scroll:?}");
        }
    });
}

/// The colour of a cell is never alone.
#[test]
fn every_cell_of_the_map_has_its_figure_or_its_reason() {
    parsed(&html::page(&record()), |page| {
        let cells = elements(page, "td");
        let map = cells
            .iter()
            .filter(|cell| cell.ancestors().any(|node| node.attribute("class") == Some("heat")));
        let texts: Vec<String> = map
            .map(|cell| cell.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect())
            .collect();
        assert!(texts.iter().all(|text| !text.is_empty()));
        assert!(texts.contains(&"1.96×51.0 ms★ best".into()), "{texts:?}");
        assert!(texts.contains(&"0.83×120 ms▼ worse".into()), "{texts:?}");
        assert!(texts.contains(&"0.99×101 msA/A 1.0 %".into()), "{texts:?}");
        assert!(texts.contains(&"refused".into()) && texts.contains(&"–".into()), "{texts:?}");
    });
}

/// A logarithmic axis has no zero: it is drawn apart, left of the axis, and said to be that.
#[test]
fn zero_is_not_drawn_as_the_least_that_the_axis_has() {
    parsed(&html::page(&record()), |page| {
        let pictures = elements(page, "svg");
        let is_memory = |svg: &&Node<'_, '_>| {
            svg.children().any(|child| child.text() == Some("Memory of one that waits"))
        };
        let memory = pictures.iter().find(is_memory);
        let all = || memory.expect("a picture").children();
        let x = |node: Node<'_, '_>| node.attribute("x").and_then(|x| x.parse::<f64>().ok());
        let ticks = all().filter(|node| node.attribute("class") == Some("middle"));
        let (zero, others): (Vec<_>, Vec<_>) = ticks.partition(|tick| tick.text() == Some("0 B"));
        let zero = x(zero[0]).expect("where it is");
        assert!(others.len() > 2 && others.iter().all(|tick| x(*tick) > Some(zero + 20.0)));
        let at_zero = |node: &Node<'_, '_>| {
            let is_mark = node.attribute("class").is_some_and(|class| class.starts_with("mark"));
            is_mark && node.attribute("d").is_some_and(|d| d.starts_with(&format!("M{zero} ")))
        };
        assert_eq!(all().filter(at_zero).count(), 1);
    });
}

/// Whatever is drawn stands somewhere as a number too.
#[test]
fn all_figures_are_there_in_tables() {
    parsed(&html::page(&record()), |page| {
        let tables: Vec<_> = elements(page, "summary").iter().filter_map(Node::text).collect();
        for title in [
            "A unit: to start one and wait for its end",
            "A unit: from one to the next",
            "A unit: memory while it waits",
            "Speed-up of primes over workers",
            "Speed-up of fetch over requests in flight",
            "What chain cost",
            "Micro-benchmarks",
        ] {
            assert!(tables.contains(&title), "{title}: {tables:?}");
        }
    });
}

#[test]
fn markdown_has_the_same_sections() {
    let text = markdown(&record());
    for heading in [
        "## What is best, and why",
        "## Latency, by share of the requests",
        "## A unit: to start one and wait for its end",
        "## A unit: from one to the next",
        "## A unit: memory while it waits",
        "## Speed-up of primes over workers",
        "## Speed-up of fetch over requests in flight",
        "## Micro-benchmarks",
        "## Goals",
    ] {
        assert!(text.contains(heading), "{heading}");
    }
    assert!(text.contains("| of so many | 1 | 10,000 | 100,000 |"), "{text}");
    assert!(text.contains("| threads | 30.0 µs | 28.0 µs | refused |"), "{text}");
    assert!(text.contains("| event loop | – | – | 7.0 ns |"), "{text}");
    assert!(text.contains("| threads | 39.1 KiB | 29.3 KiB | refused |"), "{text}");
    assert!(text.contains("| threads | 1.00× | 8.00× | 60.0× |"), "{text}");
    assert!(text.contains("| p50 | p90 | p99 | p99.9 | slowest |"), "{text}");
    assert!(
        text.contains("| event loop, beside | 100 µs | 200 µs | 50.0 ms | 100 ms | 450 ms |"),
        "{text}"
    );
}

/// Where there were too few requests for a p99, nothing on any page says p99.
#[test]
fn what_the_requests_cannot_tell_is_not_said() {
    let mut few = record();
    for entry in few.matrix.iter_mut().filter(|entry| entry.problem == "serve") {
        entry.figures.remove("beside_p99_ms");
        for (name, value) in [("alone_p50_ms", 0.1), ("alone_p95_ms", 0.2), ("beside_p95_ms", 0.9)]
        {
            entry.figures.insert(name.into(), figure(value));
        }
        for quantiles in entry.latencies.values_mut() {
            quantiles.retain(|quantile| ![0.99, 0.999].contains(&quantile.share));
        }
    }
    let texts = [html::page(&few), markdown(&few)];
    for text in &texts {
        assert!(!text.contains("p99"), "{text}");
        assert!(text.contains("p95 beside an expensive one") || text.contains("| beside p95 |"));
    }
    assert!(texts[1].contains("| approach | per s | p50 | p95 | beside p95 |"), "{}", texts[1]);
    assert!(texts[0].contains(">90</text>") && !texts[0].contains(">99</text>"), "{}", texts[0]);
}
