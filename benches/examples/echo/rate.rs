//! Requests a second: round by round, each server in a fresh process, beginning with another one
//! each time.

use std::fs;
use std::io;
use std::time::Duration;

use benches::grid::Grid;
use benches::record::Figure;
use multiprocess_demo::scenes::tax::cores::Core;

use super::CONNECTIONS;
use super::client::Client;
use super::process::Serving;
use super::servers::{SERVERS, Server};

const ROUNDS: usize = 15;
const WARM_UP: u64 = 10_000;
const REQUESTS: u64 = 50_000;

/// What a request took, in microseconds: on the clock on the wall, and of processor time, that of
/// server and client together. The two are the same where nobody else wants the core; where
/// somebody does, only the second means anything.
#[derive(Clone, Copy)]
struct Took {
    wall_us: f64,
    cpu_us: f64,
}

/// A table for each number of connections.
///
/// # Errors
/// If a server can't be started or doesn't answer right.
pub fn grids(core: Core) -> io::Result<Vec<Grid>> {
    CONNECTIONS.into_iter().map(|connections| grid(connections, core)).collect()
}

fn grid(connections: usize, core: Core) -> io::Result<Grid> {
    // The first once more, at the end.
    let row = |row: usize| &SERVERS[row % SERVERS.len()];
    let mut took = vec![Vec::new(); SERVERS.len() + 1];
    let rows = took.len();
    for round in 0..ROUNDS {
        for turn in 0..rows {
            let place = (round + turn) % rows;
            took[place].push(once(row(place), connections, core)?);
        }
    }
    let mut grid = Grid::new([
        &format!("{connections} connections"),
        "requests/s",
        "× tokio",
        "× epoll",
        "CPU µs",
        "× tokio",
        "× epoll",
    ]);
    let place = |name: &str| SERVERS.iter().position(|server| server.name == name);
    for (number, mine) in took.iter().enumerate() {
        let again = if number < SERVERS.len() { "" } else { " again" };
        let ratio = |to: &str, ratio: fn(&Took, &Took) -> f64| {
            let ratio =
                |other: usize| median(mine.iter().zip(&took[other]).map(|(a, b)| ratio(a, b)));
            place(to).map_or("–".into(), |other| format!("{:.3}", ratio(other)))
        };
        let rate = |a: &Took, b: &Took| b.wall_us / a.wall_us;
        let cost = |a: &Took, b: &Took| a.cpu_us / b.cpu_us;
        grid.row(vec![
            format!("{}{again}", row(number).name),
            format!("{:.0}", median(mine.iter().map(|took| 1e6 / took.wall_us))),
            ratio("tokio", rate),
            ratio("epoll", rate),
            format!("{:.2}", median(mine.iter().map(|took| took.cpu_us))),
            ratio("tokio", cost),
            ratio("epoll", cost),
        ]);
    }
    Ok(grid)
}

fn once(server: &Server, connections: usize, core: Core) -> io::Result<Took> {
    let serving = Serving::start(server, connections, core, &[])?;
    let mut client = Client::connect(serving.address, connections)?;
    client.run(WARM_UP)?;
    let before = cpu(&serving);
    let wall = client.run(REQUESTS)?;
    let cpu = cpu(&serving).saturating_sub(before);
    drop(client);
    serving.end()?;
    let us = |time: Duration| time.as_secs_f64() * 1e6 / REQUESTS as f64;
    Ok(Took { wall_us: us(wall), cpu_us: us(cpu) })
}

/// The server's and this thread's. None where the system doesn't tell.
fn cpu(serving: &Serving) -> Duration {
    let mine = || {
        let times = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    serving.cpu().zip(mine()).map(|(server, mine)| server + mine).unwrap_or_default()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    Figure::of(values.collect()).map_or(f64::NAN, |figure| figure.median)
}
