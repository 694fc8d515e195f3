//! Every approach of this chapter keeps the contract.

use event_loop_demo::solve::approaches;
use workloads::contract;

/// One test, because leaks are counted for the whole process.
#[test]
fn every_approach_keeps_the_contract() {
    for approach in approaches().expect("runtimes that start") {
        contract::check(approach.as_ref());
    }
}
