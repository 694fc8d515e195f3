//! Real input: the words in the reader's own files.

mod count;

use std::path::PathBuf;

use stage::{Result, Scene, Stage, Table, human};
use workloads::files::{self, Bounds, Listing, WordCounts, telling};

use self::count::{Count, Counts};
use crate::solve::cores;

/// The words of a directory, counted by processes that send more or less often.
pub const SCENE: Scene = Scene {
    name: "files",
    title: "the words in your files",
    claim: "What is counted in another process has to be sent. Counted file by file, a common word \
            travels once for every file that it is in; combined before it is sent, once for every \
            message. The words are the same.",
    play,
    try_this: "cargo run -p multiprocess-demo -- files --path DIR with a directory of your own; \
               with one that holds a single large file there is nothing to share out, and all ways \
               are alike.",
    read: "crates/multiprocess-demo/src/jobs/problems.rs, WORDS, and files() in \
           crates/multiprocess-demo/src/solve.rs",
};

/// What is read of a directory that nobody named, and in a short run.
const BOUNDS: [Bounds; 2] =
    [Bounds { files: 1_000, bytes: 12 << 20 }, Bounds { files: 300, bytes: 3 << 20 }];

/// Fewer bytes are read before a message is there and back, so that times say nothing.
const COMPARABLE: u64 = 1_000_000;

fn play(stage: &mut Stage<'_>) -> Result {
    let (root, bounds) = match stage.option("path") {
        Some(path) => (PathBuf::from(path), Bounds::NAMED),
        None => (files::default_directory()?, stage.pick(BOUNDS[0], BOUNDS[1])),
    };
    let listing = files::list(&root, bounds)?;
    stage.say(telling::listed(&root, &listing));
    if listing.paths.is_empty() {
        stage.say("There is nothing to count: name a directory with files, --path DIR.");
        return Ok(());
    }
    let counts = count::in_every_way(&listing, stage.is_quick())?;
    show(stage, &listing, &counts.sequential.words);
    table(stage, &listing, &counts);
    same(stage, &counts);
    if listing.bytes >= COMPARABLE {
        compare(stage, &counts);
    } else {
        stage.say("That is too little to compare the times.");
    }
    Ok(())
}

fn show(stage: &mut Stage<'_>, listing: &Listing, words: &WordCounts) {
    stage.say(telling::counted(words));
    if let Some(skipped) = telling::skipped(listing, words) {
        stage.say(skipped);
    }
}

fn table(stage: &mut Stage<'_>, listing: &Listing, counts: &Counts) {
    stage.say(
        "The words that travel are counted in messages: a word with its number counts once for each \
         message that it is in. The processor time is that of this process alone, which reads the \
         messages and adds up:",
    );
    let headings = ["", "messages", "words sent", "processor", "time", "MB/s", "times as fast"];
    let mut table = Table::new(headings);
    for count in std::iter::once(&counts.sequential).chain(&counts.sent) {
        let rate = listing.bytes as f64 / 1e6 / count.took.as_secs_f64();
        table.row([
            count.way.clone(),
            count.messages.map_or("–".to_owned(), |messages| messages.to_string()),
            count.sent.map_or("–".to_owned(), |words| words.to_string()),
            human(count.cpu),
            human(count.took),
            format!("{rate:.0}"),
            format!("{:.2}", count.speed_up),
        ]);
    }
    stage.table(&table);
}

fn same(stage: &mut Stage<'_>, counts: &Counts) {
    let words = &counts.sequential.words;
    let same = counts.sent.iter().filter(|count| count.words == *words).count();
    stage.check(
        "however they are sent, the words are the same",
        format!("{same} of {} ways counted {}", counts.sent.len(), words.total()),
        same == counts.sent.len(),
        "A file was changed or removed while they read: another program writes there.",
    );
}

fn compare(stage: &mut Stage<'_>, counts: &Counts) {
    let Counts { sent, pieces, .. } = counts;
    let ([each, ..], Some(combined)) = (&sent[..], sent.get(*pieces)) else { return };
    if each.messages == combined.messages {
        return;
    }
    let times =
        |a: &Count, b: &Count| a.sent.unwrap_or(0) as f64 / b.sent.unwrap_or(0).max(1) as f64;
    stage.check(
        "combined before they are sent, fewer words travel",
        format!("{:.1} times as many with a file a message", times(each, combined)),
        times(each, combined) >= 2.0,
        "The files have few words in common.",
    );
    let ratio = each.took.as_secs_f64() / combined.took.as_secs_f64();
    stage.check(
        "combined, it also takes less time",
        format!("a file a message took {ratio:.2} times as long"),
        ratio >= 1.05,
        "The files are large, so that counting takes longer than sending; or other programs had \
         the cores.",
    );
    let cores = cores();
    if cores > 1 {
        stage.check(
            "a process a core is faster than one process",
            format!("{:.2} times as fast with {cores}", combined.speed_up),
            combined.speed_up >= 1.2,
            "This needs free cores, files in the memory's cache, and more than a few of them: a \
             single large file is counted by one process.",
        );
    }
}
