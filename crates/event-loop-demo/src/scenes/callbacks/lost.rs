//! Where an error goes: to who asked, or to the loop.

use stage::{Result, Stage, Table};
use workloads::Service;
use workloads::service::Fault;

use super::super::listing::listing;
use super::ends::{Asker, End, by_await, by_callbacks, said};
use super::{careless, question, turned};

/// Ann's job has the page that is spoilt, Ben's has not.
fn askers() -> Vec<Asker> {
    vec![Asker::new("Ann", u64::from(SPOILT) + 1), Asker::new("Ben", u64::from(SPOILT))]
}

/// The last page of Ann's three.
const SPOILT: u32 = 2;

pub(super) fn show(stage: &mut Stage<'_>, service: &Service) -> Result {
    stage.say(
        "It is tempting to write ? in a callback as well, and it compiles. But ? hands an error to \
         the caller, and a callback's caller is the loop:",
    );
    stage.listing(listing(careless::TEXT));
    stage.say("Who has called whom when the error comes:");
    stage.listing(CALLERS);
    stage.say("Ann asks for three pages and Ben for two, at once, and the third page is spoilt:");
    service.spoil(SPOILT, Fault::BadJson)?;
    let careless = by_callbacks(careless::JOB, service, askers())?;
    let careful = by_callbacks(turned::JOB, service, askers())?;
    let awaited = by_await(service, askers())?;
    service.clear()?;
    let mut table = Table::new(["", "who", "is told"]);
    let ways =
        [("callbacks with ?", &careless), ("handed on by hand", &careful), ("async fn", &awaited)];
    for (way, end) in ways {
        for (i, asker) in end.askers.iter().enumerate() {
            let way = if i == 0 { way } else { "" };
            table.row([way, asker.name, &said(&asker.told.first().cloned())]);
        }
        let nobodys =
            end.nobodys.first().map_or("nothing".to_owned(), |why| format!("error: {why}"));
        table.row(["", "the loop", &nobodys]);
    }
    stage.table(&table);
    let told =
        |end: &End| format!("told Ann: {}; told the loop: {}", heard(end), end.nobodys.len());
    stage.check(
        "an error in a callback goes to the loop, and who asked is never told",
        told(&careless),
        careless.nobodys.len() == 1 && careless.askers[0].told.is_empty(),
        "somebody has caught it on its way (as its `try` proposes): then it is not lost, or lost for \
         everybody",
    );
    stage.check(
        "awaited, the same error reaches who asked, once, and nobody else",
        told(&awaited),
        awaited.nobodys.is_empty() && matches!(&awaited.askers[0].told[..], [Err(_)]),
        "the error was lost on its way: please report this",
    );
    let ben = Ok(question::known(u64::from(SPOILT)));
    let right = ways.iter().filter(|(_, end)| end.askers[1].told == [ben.clone()]).count();
    stage.check(
        "the other job is none the worse for it",
        format!("Ben got the right receipt {right} times of {}", ways.len()),
        right == ways.len(),
        "one job has disturbed another: please report this",
    );
    Ok(())
}

const CALLERS: &str = "\
callbacks                         async fn
  Ann                               Ann
   └ job(): returned long ago        └ job().await
  the loop: run()                        └ ask().await
   └ callback                                └ ? ──▶ job() ──▶ Ann
       └ ? ──▶ the loop
";

/// How many times Ann has heard of the error. A receipt, right or wrong, tells nothing of it.
fn heard(end: &End) -> usize {
    end.askers[0].told.iter().filter(|told| told.is_err()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_goes_to_the_loop_by_callback_and_to_who_asked_by_hand_or_await() {
        let service = Service::start().unwrap();
        service.spoil(SPOILT, Fault::BadJson).unwrap();
        let careless = by_callbacks(careless::JOB, &service, askers()).unwrap();
        assert_eq!((heard(&careless), careless.nobodys.len()), (0, 1));
        assert!(careless.nobodys[0].starts_with("orders page 2: "), "{careless:?}");
        let careful = by_callbacks(turned::JOB, &service, askers()).unwrap();
        let awaited = by_await(&service, askers()).unwrap();
        assert_eq!(careful, awaited);
        assert_eq!(awaited.askers[0].told, [Err(careless.nobodys[0].clone())]);
        assert_eq!(awaited.askers[1].told, [Ok(question::known(2))]);
        assert_eq!(careless.askers[1], awaited.askers[1]);
    }
}
