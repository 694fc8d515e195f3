//! All words that the repository has for its readers, held against what there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use docs::commands::{Known, commands};
use docs::console::excerpts;
use docs::links::{headings, links};
use docs::programs::{is_at_hand, output, program};
use docs::repository::{PAGES, pages, read, resolve, root, texts};

/// Fails with all complaints at once.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for text in texts() {
        let content = read(&text);
        let home = text.parent().unwrap_or(Path::new(""));
        for link in links(&content) {
            let Some((path, heading)) = link.path() else { continue };
            let target = if path.is_empty() { text.clone() } else { resolve(home, path) };
            let found = fs::exists(root().join(&target)).unwrap_or(false);
            let is_text = target.extension().is_some_and(|end| end == "md");
            let named = heading.is_none_or(|heading| {
                !found || !is_text || headings(&read(&target)).iter().any(|known| known == heading)
            });
            if !found || !named {
                wrong.push(format!("{}: {}", text.display(), link.target));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let summary = PathBuf::from(PAGES).join("SUMMARY.md");
    let listed: Vec<_> = links(&read(&summary))
        .into_iter()
        .map(|link| resolve(Path::new(PAGES), &link.target))
        .collect();
    let set: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), set.len(), "{listed:?}");
    let there = pages().into_iter().map(|(page, _)| page).filter(|page| *page != summary);
    assert_eq!(set, there.collect());
}

#[test]
fn every_include_finds_its_file_and_its_anchor() {
    let mut wrong = Vec::new();
    for (page, _) in pages() {
        for include in read(&page).split("{{#").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let Some((_, target)) = include.split_once(' ') else { continue };
            let (file, anchor) = target.split_once(':').unwrap_or((target, ""));
            let path = root().join(resolve(page.parent().unwrap_or(Path::new("")), file));
            let found = fs::read_to_string(&path).is_ok_and(|text| {
                // `FROM:`, the lines from there on.
                let from = anchor.strip_suffix(':').and_then(|from| from.parse().ok());
                anchor.is_empty()
                    || from.is_some_and(|from: usize| (1..=text.lines().count()).contains(&from))
                    || (text.contains(&format!("ANCHOR: {anchor}\n"))
                        && text.contains(&format!("ANCHOR_END: {anchor}")))
            });
            if !found {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn code_in_the_book_is_compiled_code() {
    let mut wrong = Vec::new();
    for (page, readme) in pages() {
        // A README's code is compiled as its crate's documentation.
        for block in read(&page).split("```rust").skip(1).filter(|_| readme.is_none()) {
            let code = block
                .split_once('\n')
                .map_or("", |(_, code)| code)
                .split("```")
                .next()
                .unwrap_or("");
            if !code.trim().starts_with("{{#include ") {
                wrong.push(format!("{}: {code}", page.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_command_can_be_typed() {
    let known = Known::gather();
    let wrong = texts().into_iter().flat_map(|text| {
        let name = text.display().to_string();
        let wrong = commands(&read(&text))
            .into_iter()
            .filter_map(|command| Some(format!("{name}: {command}: {}", known.wrong(&command)?)));
        wrong.collect::<Vec<_>>()
    });
    none(wrong.collect());
}

#[test]
fn what_is_quoted_is_what_is_printed() {
    let all = texts().into_iter().flat_map(|text| excerpts(&read(&text)));
    none(all.filter_map(|excerpt| excerpt.wrong()).collect());
}

#[test]
fn the_exercises_of_a_readme_are_those_that_are_checked() {
    let plain = |text: &str| {
        let words = text.replace(['`', '*'], "");
        Vec::from_iter(words.split_whitespace()).join(" ")
    };
    let mut wrong = Vec::new();
    for (_, readme) in pages() {
        let Some(readme) = readme else { continue };
        // The comparison has a page, and no exercises.
        let Ok(chapter) = readme.strip_prefix("crates") else { continue };
        let package = chapter.parent().expect("a folder").to_string_lossy();
        if !is_at_hand(&package) {
            eprintln!("skipped: {package} was not built");
            continue;
        }
        let told = output(Command::new(program(&package)).arg("check"));
        let text = plain(&read(&readme));
        // Each is a paragraph `1. What to do`, and then the command that checks it.
        let checked = told.split(" NUMBER").filter_map(|told| told.split_once(". "));
        let tasks: Vec<_> = checked
            .filter_map(|(_, told)| told.rsplit_once("cargo run"))
            .map(|(task, _)| plain(task))
            .collect();
        if tasks.len() != 3 {
            wrong.push(format!("{package}: {} exercises", tasks.len()));
        }
        wrong.extend(
            tasks
                .into_iter()
                .filter(|task| !text.contains(task.as_str()))
                .map(|task| format!("{}: {task}", readme.display())),
        );
    }
    none(wrong);
}
