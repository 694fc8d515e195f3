//! This chapter's approach keeps the contract.

use green_threads_demo::solve::GreenThreads;
use workloads::contract;

/// One test, because leaks are counted for the whole process.
#[test]
fn green_threads_keep_the_contract() {
    contract::check(&GreenThreads);
}
