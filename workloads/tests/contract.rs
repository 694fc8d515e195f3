//! The sequential approach keeps the contract.

#[test]
fn the_sequential_approach_keeps_the_contract() {
    workloads::contract::check(&workloads::Sequential);
}
