//! The approach keeps the contract with processes that are forked, while this one has a single thread.
//! So this is a program of its own, and not one of libtest's tests, which run on threads.

use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::Options;
use multiprocess_demo::solve::Processes;
use multiprocess_demo::start::{Method, fork};
use workloads::contract;

fn main() {
    multiprocess_demo::enter();
    match fork::single_threaded() {
        Err(why) if cfg!(not(target_os = "linux")) => return eprintln!("skipped: {why}"),
        alone => alone.expect("one thread"),
    }
    // All of them first: what checks the contract has threads.
    let all = Transport::ALL.map(|transport| {
        let options = Options { method: Method::Fork, transport, ..Options::workers(2) };
        (transport, Processes::with(options, 4).expect("processes"))
    });
    for (transport, approach) in all {
        println!("fork, {transport:?}");
        contract::check(&approach);
    }
}
