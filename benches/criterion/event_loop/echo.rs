//! 64 bytes there and back: server and client are two processes on one core.

use criterion::Criterion;
use multiprocess_demo::scenes::tax::cores::{Stay, two_cores};

use super::client::Client;
use super::process::Serving;
use super::scheduler::scale;
use super::servers::SERVERS;

/// The time for a request; a second has so many.
pub fn echo(criterion: &mut Criterion) {
    let [core, _] = two_cores();
    let _here = Stay::on(core);
    for connections in [1, 64, 512] {
        let mut group = criterion.benchmark_group(format!("echo, connections: {connections}"));
        let again = SERVERS.iter().take(1).map(|server| (server, " again"));
        for (server, again) in SERVERS.iter().map(|server| (server, "")).chain(again) {
            group.bench_function(format!("{}{again}", server.name), |bencher| {
                let serving = Serving::start(server, connections, core, &[]).expect("a server");
                let mut client = Client::connect(serving.address, connections).expect("a server");
                bencher.iter_custom(|times| {
                    // As many for each connection, and each more than once.
                    let requests = times.next_multiple_of(10 * connections as u64);
                    scale(client.run(requests).expect("replies"), times, requests)
                });
                drop(client);
                serving.end().expect("a server that ends with its clients");
            });
        }
        group.finish();
    }
}
