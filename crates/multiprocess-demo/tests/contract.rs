//! The approach of this chapter keeps the contract, over either transport, with processes that are
//! started afresh or by a zygote. (A fork must come from a process with one thread, which a test of
//! libtest's is not: see `contract_fork.rs`.)

use std::path::PathBuf;

use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::Options;
use multiprocess_demo::solve::Processes;
use multiprocess_demo::start::Method;
use workloads::contract;

/// One test, because leaks are counted for the whole process.
#[test]
fn the_approach_keeps_the_contract() {
    let zygote = cfg!(target_os = "linux").then_some(Method::Zygote);
    for method in [Method::Spawn].into_iter().chain(zygote) {
        for transport in Transport::ALL {
            println!("{method}, {transport:?}");
            let program = PathBuf::from(env!("CARGO_BIN_EXE_multiprocess-demo"));
            let options = Options { method, transport, program: Some(program), workers: 2 };
            contract::check(&Processes::with(options, 4).expect("processes"));
        }
    }
}
