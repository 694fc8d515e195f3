//! Real input: the words in the reader's own files.

mod count;

use std::path::PathBuf;

use stage::{Result, Scene, Stage, Table, human};
use workloads::files::{self, Bounds, Listing, WordCounts, telling};

use count::Count;

use crate::solve::cores;

/// The words of a directory, counted by every approach.
pub const SCENE: Scene = Scene {
    name: "files",
    title: "the words in your files",
    claim: "However the files of a directory are shared out, the words in them are the same. A \
            thread a core is enough; a thread a file is no faster.",
    play,
    try_this: "cargo run -p threading-demo -- files --path DIR with a directory of your own; and \
               with one that holds a single large file: then there is nothing to share out.",
    read: "crates/threading-demo/src/solve/pool.rs, files()",
};

/// What is read in a short run of a directory that nobody named.
const QUICK: Bounds = Bounds { files: 500, bytes: 6 << 20 };

/// Fewer bytes are read before a thread is started, so that times say nothing.
const COMPARABLE: u64 = 1_000_000;

fn play(stage: &mut Stage<'_>) -> Result {
    let (root, bounds) = match stage.option("path") {
        Some(path) => (PathBuf::from(path), Bounds::NAMED),
        None => (files::default_directory()?, stage.pick(Bounds::DEFAULT, QUICK)),
    };
    let listing = files::list(&root, bounds)?;
    stage.say(telling::listed(&root, &listing));
    if listing.paths.is_empty() {
        stage.say("There is nothing to count: name a directory with files, --path DIR.");
        return Ok(());
    }
    let counts = count::with_every_approach(&listing, stage.is_quick())?;
    let [Count { words: Ok(words), .. }, ..] = &counts[..] else {
        return Err("the sequential run reads a file after another, and can't fail".into());
    };
    show(stage, &listing, words);
    table(stage, &listing, &counts);
    same(stage, words, &counts);
    if listing.bytes >= COMPARABLE {
        faster(stage, words, &counts);
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
    if listing.cut {
        stage.say("A directory that you name (--path DIR) is read as a whole.");
    } else {
        stage.say("grep counts the same:");
        stage.listing(GREP);
    }
}

/// What counts the same, to be checked against.
const GREP: &str = r"export LC_ALL=C
find DIR/ -type f -exec grep -ahoE '[A-Za-z]+' {} + |
    tr A-Z a-z | sort | uniq -c | sort -k1,1nr -k2 | head -20";

fn table(stage: &mut Stage<'_>, listing: &Listing, counts: &[Count]) {
    let mut table = Table::new(["", "time", "processor", "MB/s", "times as fast"]);
    for count in counts {
        let Count { approach, took, cpu, speed_up, .. } = count;
        let rate = listing.bytes as f64 / 1e6 / took.as_secs_f64();
        let [took, cpu, rate, result] = match &count.words {
            Ok(_) => [human(*took), human(*cpu), format!("{rate:.0}"), format!("{speed_up:.2}")],
            Err(why) => ["–".into(), "–".into(), "–".into(), why.to_string()],
        };
        table.row([(*approach).to_owned(), took, cpu, rate, result]);
    }
    stage.table(&table);
}

fn same(stage: &mut Stage<'_>, words: &WordCounts, counts: &[Count]) {
    let counted: Vec<_> = counts.iter().filter_map(|count| count.words.as_ref().ok()).collect();
    let same = counted.iter().filter(|other| **other == words).count();
    stage.check(
        "however the files are shared out, the words are the same",
        format!("{same} of {} approaches counted {}", counted.len(), words.total()),
        same == counted.len(),
        "A file was changed or removed while they read: another program writes there.",
    );
}

fn faster(stage: &mut Stage<'_>, words: &WordCounts, counts: &[Count]) {
    let of = |name| counts.iter().find(|count| count.approach == name && count.words.is_ok());
    let Some(pool) = of("pool") else { return };
    let cores = cores();
    if cores > 1 {
        stage.check(
            "a thread a core is faster than one thread",
            format!("{:.2} times as fast with {cores}", pool.speed_up),
            pool.speed_up >= 1.3,
            "This needs free cores, files in the memory's cache, and more than a few of them: a \
             single large file is counted by one thread.",
        );
    }
    let Some(threads) = of("threads") else { return };
    let ratio = threads.took.as_secs_f64() / pool.took.as_secs_f64();
    stage.check(
        format!("a thread for each of {} files is no faster than that", words.files),
        format!("it took {ratio:.2} times as long"),
        ratio >= 0.8,
        "Reading waited for the disk, and more threads had more of it under way.",
    );
}
