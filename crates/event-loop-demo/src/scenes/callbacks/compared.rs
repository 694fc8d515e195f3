//! One job, written twice: what callbacks do to a program.

use stage::{Result, Stage, Table};
use workloads::Service;

use super::super::listing::listing;
use super::ends::{Asker, by_await, by_callbacks, said};
use super::{awaited, question, turned};

/// How many pages the job has to go through.
const PAGES: u64 = 3;

/// What can be counted of a text.
struct Shape {
    lines: usize,
    /// Named ones and closures.
    functions: usize,
    /// What is given from hand to hand: parameters, of which each function has its own.
    parameters: usize,
}

impl Shape {
    fn of(text: &str) -> Shape {
        let functions = text.matches("fn ").count() + text.matches("move |").count();
        let lists = text.split("fn ").skip(1).filter_map(|f| f.split_once("->"));
        let named: usize = lists.map(|(list, _)| list.matches(": ").count()).sum();
        let closures = text.split("move |").skip(1).filter_map(|c| c.split_once('|'));
        let unnamed: usize = closures.map(|(list, _)| list.split(',').count()).sum();
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        Shape { lines, functions, parameters: named + unnamed }
    }
}

pub(super) fn show(stage: &mut Stage<'_>, service: &Service) -> Result {
    stage.say(
        "And now a job of three steps: ask how many pages there are; fetch them one after another \
         and add up; ask for a receipt. In callbacks, cut from the source that runs here:",
    );
    let texts = [listing(turned::TEXT), listing(awaited::TEXT)];
    stage.listing(&texts[0]);
    stage.say("The same job as an async fn:");
    stage.listing(&texts[1]);
    let askers = || vec![Asker::new("Ann", PAGES)];
    let back = by_callbacks(turned::JOB, service, askers())?;
    let awaited = by_await(service, askers())?;
    let told = [&back, &awaited].map(|end| end.askers[0].told.first().cloned());
    let known = Some(Ok(question::known(PAGES)));
    let [by_callbacks, by_await] = texts.map(|text| Shape::of(&text));
    let mut table = Table::new(["", "callbacks", "async fn"]);
    table.row(["lines".into(), by_callbacks.lines.to_string(), by_await.lines.to_string()]);
    let functions = [by_callbacks.functions, by_await.functions].map(|f| f.to_string());
    table.row(["functions".to_owned(), functions[0].clone(), functions[1].clone()]);
    let parameters = [by_callbacks.parameters, by_await.parameters].map(|p| p.to_string());
    table.row(["parameters".to_owned(), parameters[0].clone(), parameters[1].clone()]);
    table.row(["the loop over the pages", "next_page calls itself", "for"]);
    table.row(["the sum so far", "goes from hand to hand", "a variable"]);
    table.row(["an error goes on", "if it is handed on", "by ?"]);
    stage.table(&table);
    stage.check(
        "both get the same receipt, and it is right",
        format!("{} and {}", said(&told[0]), said(&told[1])),
        told == [known.clone(), known],
        "a page was not added up: please report this",
    );
    stage.check(
        "callbacks cut the job into pieces",
        format!("{} functions instead of {}", by_callbacks.functions, by_await.functions),
        by_callbacks.functions > by_await.functions,
        "somebody has found a way to write it in one piece: please tell",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_parameters_are_counted_as_they_stand_in_the_text() {
        let Shape { lines, functions, parameters } =
            Shape::of("fn a(b: u8, c: u8) -> u8 {\n    d(move |e, f| e + f)\n}");
        assert_eq!((lines, functions, parameters), (3, 2, 4));
        let [back, awaited] = [turned::TEXT, awaited::TEXT].map(|text| Shape::of(&listing(text)));
        assert_eq!((back.functions, awaited.functions), (4, 1));
        assert!(back.lines > 2 * awaited.lines);
    }
}
