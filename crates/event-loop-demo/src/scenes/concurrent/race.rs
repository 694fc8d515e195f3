//! The first of two, and what becomes of the other.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use stage::{Result, Stage, Table};
use workloads::Service;
use workloads::http::Request;

use crate::runtime::net::TcpListener;
use crate::runtime::oneshot::Promise;
use crate::runtime::{Either, Runtime, oneshot, select, spawn, timeout};
use crate::solve::get;

/// How long to wait for what comes within microseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for what isn't expected to come.
const IN_VAIN: Duration = Duration::from_millis(30);

/// What select() chooses from.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Futures,
    Handles,
}

/// What the host that never answers saw of the loser.
#[derive(Debug, PartialEq)]
struct Loser {
    /// It had asked.
    asked: bool,
    /// The connection was closed before anybody cancelled anything.
    closed_at_once: bool,
    /// It was in the end.
    closed: bool,
}

pub(super) fn play(stage: &mut Stage<'_>, service: &Service) -> Result {
    let [futures, handles] = [Of::Futures, Of::Handles].map(|of| make(of, service.address()));
    let (futures, handles) = (futures?, handles?);
    stage.say(
        "select() takes the first of two: one asks the slow service, the other a host that never \
         answers, and that sees what becomes of the loser:",
    );
    let mut table = Table::new(["select(…) of", "asked", "its connection"]);
    let how = |loser: &Loser| match (loser.closed_at_once, loser.closed) {
        (true, _) => "closed when select() returned",
        (_, true) => "open then; closed by cancel()",
        _ => "never closed",
    };
    for (what, loser) in [("two futures", &futures), ("two handles of tasks", &handles)] {
        table.row([what, if loser.asked { "yes" } else { "no" }, how(loser)]);
    }
    stage.table(&table);
    stage.check(
        "the loser is dropped where it waits, and its connection with it",
        how(&futures),
        futures == Loser { asked: true, closed_at_once: true, closed: true },
        "the loser lives: please report this",
    );
    stage.check(
        "a handle is not the task: what is dropped there is the waiting, and the task goes on until \
         it is cancelled",
        how(&handles),
        handles == Loser { asked: true, closed_at_once: false, closed: true },
        "the loser has ended by itself, or lives: please report this",
    );
    stage.say(
        "(In asyncio, too, the loser of wait(…, return_when=FIRST_COMPLETED) goes on; timeout() \
         cancels, and a TaskGroup does if one of its tasks fails.)",
    );
    Ok(())
}

fn make(of: Of, service: SocketAddr) -> Result<Loser> {
    Runtime::new()?.block_on(race(of, service))
}

async fn race(of: Of, service: SocketAddr) -> Result<Loser> {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = silent.local_addr()?;
    let (asked, has_asked) = oneshot();
    let mut host = spawn(listen(silent, asked));
    let slow = get(address, Request::get("/never"));
    // The fast one sets out when the slow one has asked: so that there is something to drop.
    let fast = async {
        let asked = has_asked.await.is_some();
        get(service, Request::get("/think?id=1&ms=1")).await.map(|_| asked)
    };
    let (winner, task, patience) = match of {
        Of::Futures => (first(select(fast, slow).await), None, LIMIT),
        Of::Handles => {
            let mut slow = spawn(slow);
            (first(select(fast, &mut slow).await), Some(slow), IN_VAIN)
        }
    };
    let asked = winner.ok_or("a host that never answers has answered")??;
    // Up to here nobody has done anything to the loser, but select() to what it had.
    let closed_at_once = timeout(patience, &mut host).await.is_ok();
    if let Some(task) = task {
        task.cancel();
    }
    let closed = closed_at_once || timeout(LIMIT, &mut host).await.is_ok();
    Ok(Loser { asked, closed_at_once, closed })
}

fn first<A, B>(either: Either<A, B>) -> Option<A> {
    match either {
        Either::Left(first) => Some(first),
        Either::Right(_) => None,
    }
}

/// Hears a client, never answers, and ends when the client is gone.
async fn listen(silent: TcpListener, asked: Promise<()>) -> io::Result<()> {
    let (client, _) = silent.accept().await?;
    let mut buffer = [0; 1024];
    if client.read(&mut buffer).await? > 0 {
        asked.give(());
    }
    client.read(&mut buffer).await.map(|_closed| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_select_drops_is_gone_and_what_has_a_task_is_not() {
        let service = Service::start().unwrap();
        let loser = |of| make(of, service.address()).unwrap();
        let gone = Loser { asked: true, closed_at_once: true, closed: true };
        assert_eq!(loser(Of::Futures), gone);
        assert_eq!(loser(Of::Handles), Loser { closed_at_once: false, ..gone });
    }
}
