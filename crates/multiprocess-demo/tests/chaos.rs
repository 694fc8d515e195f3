//! Ten thousand jobs, while somebody kills, stops and resumes the workers and the zygote.
//! `CHAOS_SEED=… cargo test -p multiprocess-demo --test chaos` plays the same again.

#![cfg(target_os = "linux")]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{chaos, monkey};
use multiprocess_demo::pool::Options;
use multiprocess_demo::start::Method;

/// One at a time: the monkey would play with the children of the other, and be done too early.
static ALONE: Mutex<()> = Mutex::new(());

fn loses_nothing(method: Method) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (method, transport) in common::combinations(&[method]) {
        let seed = monkey::seed();
        let says = monkey::SaysSeed(seed);
        let program = Some(env!("CARGO_BIN_EXE_multiprocess-demo").into());
        let options = Options { method, transport, program, ..Options::workers(4) };
        let pool = common::pool(&options, 4);
        let on = AtomicBool::new(true);
        let own = std::process::id().cast_signed();
        let ((given_up, deaths), signals) = thread::scope(|scope| {
            let monkey = scope.spawn(|| monkey::play(own, seed, || on.load(Ordering::Relaxed)));
            // Also if it fails, or the monkey plays for ever.
            let stop = Stop(&on);
            let result = chaos::every_job_is_answered_once(pool, seed);
            drop(stop);
            (result, monkey.join().unwrap())
        });
        println!(
            "{method}, {transport:?}: {signals} signals, {deaths} workers replaced, {given_up} jobs \
             given up"
        );
        drop(says);
        common::no_child_is_left();
    }
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[test]
fn with_spawn_nothing_is_lost() {
    loses_nothing(Method::Spawn);
}

#[test]
fn with_a_zygote_nothing_is_lost() {
    loses_nothing(Method::Zygote);
}
