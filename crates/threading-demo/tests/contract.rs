//! Every approach of this chapter keeps the contract.

use threading_demo::solve::approaches;
use workloads::contract;

/// One test, because leaks are counted for the whole process.
#[test]
fn every_approach_keeps_the_contract() {
    for approach in approaches().expect("threads for a pool") {
        contract::check(approach.as_ref());
    }
}
