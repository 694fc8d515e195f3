//! What mdBook has done to each page: links that are right in the repository become right in the
//! book.
//!
//! A link to a text that is a page leads to that page. A link to anything else of the repository
//! becomes the path of it: the book has no copy of the code, and its reader has the code.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::links::links;
use crate::repository::{self, PAGES, resolve};

/// The book of mdBook's `[context, book]`, with every page's links made right.
///
/// # Errors
/// If this is not what mdBook sends.
pub fn process(sent: &str) -> Result<Value, String> {
    let sent: Value = serde_json::from_str(sent).map_err(|why| why.to_string())?;
    let Value::Array(mut sent) = sent else { return Err("not [context, book]".into()) };
    let mut book = sent.pop().ok_or("not [context, book]")?;
    let pages = repository::pages();
    visit(&mut book, &mut |page, content| {
        let file = Path::new(PAGES).join(page);
        *content = relink(content, &file, &pages);
    });
    Ok(book)
}

/// Every chapter in mdBook's tree, however it nests them.
fn visit(value: &mut Value, change: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Value::Object(fields) => {
            let path = fields.get("source_path").and_then(Value::as_str).map(str::to_owned);
            if let (Some(path), Some(Value::String(content))) = (path, fields.get_mut("content")) {
                change(&path, content);
            }
            fields.values_mut().for_each(|field| visit(field, change));
        }
        _ => {}
    }
}

/// The content of a page, which may be that of a README, with its links made right.
fn relink(content: &str, page: &Path, pages: &[(PathBuf, Option<PathBuf>)]) -> String {
    let readme =
        pages.iter().find(|(other, _)| other == page).and_then(|(_, readme)| readme.as_ref());
    let home = readme.map_or(page, PathBuf::as_path).parent().unwrap_or(Path::new(""));
    let mut relinked = String::new();
    let mut done = 0;
    for link in links(content) {
        let Some((path, heading)) = link.path().filter(|(path, _)| !path.is_empty()) else {
            continue;
        };
        if !link.inline || link.picture || link.place.start < done {
            continue;
        }
        let target = resolve(home, path);
        let text = &content[link.place.clone()];
        let text = text.rfind("](").map_or(text, |end| &text[1..end]);
        relinked.push_str(&content[done..link.place.start]);
        done = link.place.end;
        match pages
            .iter()
            .find(|(page, readme)| *page == target || readme.as_ref() == Some(&target))
        {
            Some((page, _)) => {
                let page = page.strip_prefix(PAGES).unwrap_or(page).display();
                let heading = heading.map_or(String::new(), |heading| format!("#{heading}"));
                relinked.push_str(&format!("[{text}]({page}{heading})"));
            }
            None => relinked.push_str(&named(text, &target, home)),
        }
    }
    relinked.push_str(&content[done..]);
    relinked
}

/// The text of a link to a file, and the file where the text doesn't say which: from the chapter's
/// own folder if it lies there. A folder's link leads to the file with which it is to be read.
fn named(text: &str, target: &Path, home: &Path) -> String {
    let path = target.strip_prefix(home).unwrap_or(target).display().to_string();
    match text.trim_matches('`') {
        said if path.ends_with(said) => format!("`{path}`"),
        said if said.strip_suffix('/').is_some_and(|folder| path.starts_with(folder)) => {
            text.into()
        }
        _ => format!("{text} (`{path}`)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_page_or_names_the_file() {
        let pages = [
            ("docs/pages/threads.md".into(), Some("crates/threading-demo/README.md".into())),
            ("docs/pages/measuring.md".into(), None),
        ];
        let content = "[`pool.rs`](src/pool.rs), [`src/scenes/`](src/scenes.rs), \
                       [the problems](../../workloads/src/lib.rs), \
                       [how](../../docs/pages/measuring.md#how), [out](https://example.org), [here](#x)";
        assert_eq!(
            relink(content, Path::new("docs/pages/threads.md"), &pages),
            "`src/pool.rs`, `src/scenes/`, the problems (`workloads/src/lib.rs`), \
             [how](measuring.md#how), [out](https://example.org), [here](#x)"
        );
        let from_a_page = relink(
            "[t](../../crates/threading-demo/README.md)",
            Path::new("docs/pages/measuring.md"),
            &pages,
        );
        assert_eq!(from_a_page, "[t](threads.md)");
    }
}
