//! The contract, with the jobs at a server.

mod common;

use scale_out_demo::solve::ScaleOut;

#[test]
fn workers_at_a_server_keep_the_contract() {
    let Some(place) = common::at_a_server() else { return };
    let approach = ScaleOut::new(&common::program(), &place.broker).expect("workers");
    workloads::contract::check(&approach);
}
