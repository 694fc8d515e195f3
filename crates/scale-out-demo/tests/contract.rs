//! The contract, with the jobs in a file. It counts what the whole process holds, so it is alone here.

mod common;

use scale_out_demo::solve::ScaleOut;

#[test]
fn workers_at_a_file_keep_the_contract() {
    let place = common::in_a_file();
    let approach = ScaleOut::new(&common::program(), &place.broker).expect("workers");
    workloads::contract::check(&approach);
}
