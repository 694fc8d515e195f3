//! What the two have in common after a fork: nothing that either of them writes.

mod books;
pub(crate) mod counter;
pub(crate) mod cow;

use stage::{Result, Scene, Stage, Table, human};

use self::cow::{Moment, Watched, watched};
use super::forked::alone;
use super::pages::MIB;

/// Nothing is shared: what a child writes is its own, and copied only then.
pub const SCENE: Scene = Scene {
    name: "copies",
    title: "nothing is shared",
    claim: "After a fork neither process sees what the other writes. Yet fork copies no memory: \
            both have the same pages until one of the two writes to one, and only that one is \
            copied then (copy on write). Reading copies nothing, unless the language counts \
            references: a count is in the object, and counting writes.",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/copies/cow.rs, write pages.write(); behind \
               let fork_took: now it is the parent who gets the copies, and the child has the \
               originals for its own before it writes. Two verdicts fall, which spoke of the \
               child's copies.",
    read: "crates/multiprocess-demo/src/scenes/copies/cow.rs, watched()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    if let Err(why) = alone() {
        stage.say(format!("Not shown here: {why}."));
        return Ok(());
    }
    counts(stage)?;
    let size = stage.pick(64, 16) * MIB;
    match watched(size)? {
        Some(watched) => pages(stage, size, &watched),
        None => stage.say(
            "Who has which page can't be seen on this system: it has no /proc/self/smaps_rollup.",
        ),
    }
    Ok(())
}

fn counts(stage: &mut Stage<'_>) -> Result {
    let counted = counter::count(1_000)?;
    stage.check(
        "the child counts to 1000, and the parent's counter stays where it was",
        format!("{} in the child and {} in the parent", counted.child, counted.parent),
        (counted.child, counted.parent) == (1_000, 0),
        "the two share memory: please report this",
    );
    stage.check(
        "an address means something in one process only: the counters are two, and at the same one",
        format!("{:#x} and {:#x}", counted.address, counted.childs_address),
        counted.address == counted.childs_address,
        "a fork copies addresses as they are: please report this",
    );
    Ok(())
}

fn pages(stage: &mut Stage<'_>, size: usize, watched: &Watched) {
    let Watched { before, moments } = watched;
    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / MIB as f64);
    stage.say(format!(
        "A parent has written to {} MiB, and forks. What the kernel's books (/proc/self/\
         smaps_rollup) then say of the child, in MiB: pages that the parent has too, and pages of \
         its own. Pss counts a page that two have as half a one each, so it adds up to what both \
         really take; the parent alone took {} MiB. At a page fault the kernel steps in, to copy a \
         page, say.",
        size / MIB,
        mib(before.pss),
    ));
    let mut table =
        Table::new(["the child", "shared", "its own", "Pss", "Pss of both", "page faults", "took"]);
    for Moment { name, child, parent, faults, took } in moments {
        let both = mib(child.pss + parent.pss);
        let (shared, own, pss, took) =
            (mib(child.shared), mib(child.own), mib(child.pss), human(*took));
        table.row([*name, &shared, &own, &pss, &both, &faults.to_string(), &took]);
    }
    stage.table(&table);
    verdicts(stage, size as u64, moments);
}

fn verdicts(stage: &mut Stage<'_>, size: u64, moments: &[Moment; 3]) {
    let [born, read, written] = moments;
    let [mib, kib] = [MIB as u64, 1024];
    stage.check(
        "fork copies no memory, but the tables that say where it is: at most an eighth is the \
         child's own",
        format!(
            "{} KiB of its own, and {} KiB of tables, in {}",
            born.child.own / kib,
            born.child.tables / kib,
            human(born.took)
        ),
        born.child.own <= size / 8 && born.child.shared >= size / 8 * 7,
        "the kernel has moved memory to swap, or copies at once memory that is in use by a device",
    );
    stage.check(
        "reading copies nothing",
        format!("{} KiB", read.child.own.saturating_sub(born.child.own) / kib),
        read.child.own <= born.child.own + size / 64,
        "the kernel has moved pages meanwhile, between the nodes of a large machine, say",
    );
    stage.check(
        "writing a byte a page copies every page: what was shared falls, and what is the child's \
         own rises, each by at least 0.9 of the memory",
        format!(
            "{} MiB and {} MiB of {}",
            read.child.shared.saturating_sub(written.child.shared) / mib,
            written.child.own.saturating_sub(read.child.own) / mib,
            size / mib
        ),
        read.child.shared >= written.child.shared + size / 10 * 9
            && written.child.own >= read.child.own + size / 10 * 9,
        "the kernel has moved memory to swap",
    );
    stage.say(
        "That is how a worker of a Python program that only reads a large list comes to copy it: to \
         look at an object is to count a reference to it, in the object. (gc.freeze() before the \
         fork keeps the garbage collector from writing there too, but not the counts.)",
    );
}
