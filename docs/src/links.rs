//! The links of a Markdown text.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// A link or a picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands in the text, brackets and all.
    pub place: Range<usize>,
    /// What it leads to: a path, an address, `#a-heading`.
    pub target: String,
    /// Whether it is written out here, as `[text](target)`.
    pub inline: bool,
    /// Whether it is a picture.
    pub picture: bool,
}

/// All of them, in order.
#[must_use]
pub fn links(text: &str) -> Vec<Link> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let links = events.filter_map(|(event, place)| {
        let (kind, target, picture) = match event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) => (link_type, dest_url, false),
            Event::Start(Tag::Image { link_type, dest_url, .. }) => (link_type, dest_url, true),
            _ => return None,
        };
        let inline = kind == LinkType::Inline;
        Some(Link { place, target: target.into_string(), inline, picture })
    });
    links.collect()
}

impl Link {
    /// The path of what it leads to in the repository, and the heading there; none if it leads
    /// out of it.
    #[must_use]
    pub fn path(&self) -> Option<(&str, Option<&str>)> {
        if self.target.contains("://") || self.target.starts_with("mailto:") {
            return None;
        }
        Some(match self.target.split_once('#') {
            Some((path, heading)) => (path, Some(heading)),
            None => (&self.target, None),
        })
    }
}

/// The headings of a text, as links name them.
#[must_use]
pub fn headings(text: &str) -> Vec<String> {
    let mut headings = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(pulldown_cmark::TagEnd::Heading(_)), Some(_)) => {
                headings.extend(heading.take().map(|text| slug(&text)));
            }
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            _ => {}
        }
    }
    headings
}

fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_where_they_are_links() {
        let text = "See [a](x/y.md#z) and `[b](c)`, ![d](e.svg), https://nowhere.\n\n[f]: g\n\n[f]";
        let found = links(text);
        let targets: Vec<_> = found.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(targets, ["x/y.md#z", "e.svg", "g"]);
        assert_eq!(found[0].path(), Some(("x/y.md", Some("z"))));
        assert_eq!(&text[found[0].place.clone()], "[a](x/y.md#z)");
        assert!(found[1].picture && found[0].inline && !found[2].inline);
    }

    #[test]
    fn a_heading_is_named_by_its_words() {
        assert_eq!(headings("# What `x` is, then\n\ntext\n\n## Two"), ["what-x-is-then", "two"]);
    }
}
