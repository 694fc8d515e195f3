//! Time-outs: around what waits, and around what can't be cut.

use std::cell::Cell;
use std::hint::black_box;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::{Result, Stage, Table, human};
use workloads::http::Request;

use super::held::descriptors;
use crate::runtime::net::{TcpListener, TcpStream};
use crate::runtime::{Runtime, join, spawn, timeout, yield_now};

/// A request that nobody answers.
struct Overdue {
    /// Whether the time was up.
    elapsed: bool,
    took: Duration,
    /// What the other end read after the request: 0 is the end of the connection.
    other_end_read: usize,
    /// Before the request, while it was waited for, and after all.
    descriptors: [usize; 3],
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let limit = Duration::from_millis(stage.pick(15, 10));
    let computes = Duration::from_millis(stage.pick(40, 25));
    let request = request(limit)?;
    let [whole, pieces] = [1, 40].map(|pieces| computing(limit, computes, pieces));
    let (whole, pieces) = (whole?, pieces?);
    stage.say(format!(
        "Each of these has {} of time. When it ended, and whether what stands behind its last await \
         was run:",
        human(limit)
    ));
    let mut table = Table::new(["timeout() around", "ended after", "behind its last await"]);
    let behind = |came: bool| if came { "was run" } else { "was not run" };
    table.row(["a request that nobody answers", &human(request.took), behind(!request.elapsed)]);
    let computing = format!("computing for {}, then an await", human(computes));
    table.row([&computing, &human(whole.took), behind(whole.finished)]);
    table.row(["the same in 40 pieces, yielding", &human(pieces.took), behind(pieces.finished)]);
    stage.table(&table);
    let [before, waiting, after] = request.descriptors;
    stage.check(
        "when the time is up the request is dropped where it waits, and its connection is closed: \
         the other end reads the end of the stream",
        format!(
            "it read {} bytes; {before} descriptors before, {waiting} with both ends, {after} after",
            request.other_end_read
        ),
        request.elapsed
            && request.other_end_read == 0
            && (waiting, after) == (before + 2, before),
        "somebody else in this process opened or closed a file meanwhile: please report this",
    );
    stage.check(
        "nobody can cut what doesn't await: the time is up when the computing ends",
        format!("after {}, {} were allowed", human(whole.took), human(limit)),
        !whole.finished && whole.took >= computes,
        "a future was dropped while it was polled: please report this",
    );
    Ok(())
}

/// Asks somebody who accepts, and then says nothing.
fn request(limit: Duration) -> Result<Overdue> {
    let runtime = Runtime::new()?;
    let overdue = runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let before = descriptors();
        let other_end = async {
            let (client, _) = listener.accept().await?;
            let mut buffer = [0; 1024];
            // The request, and then what comes after it.
            client.read(&mut buffer).await?;
            let waiting = descriptors();
            Ok::<_, io::Error>((client.read(&mut buffer).await?, waiting))
        };
        let asking = async {
            let start = Instant::now();
            let reply = timeout(limit, async {
                let stream = TcpStream::connect(address).await?;
                stream.write_all(&Request::get("/").bytes()).await?;
                stream.read(&mut [0; 1024]).await
            });
            (reply.await.is_err(), start.elapsed())
        };
        let ((elapsed, took), other_end) = join(asking, other_end).await;
        let (other_end_read, waiting) = other_end?;
        let descriptors = [before, waiting, descriptors()];
        Ok::<_, io::Error>(Overdue { elapsed, took, other_end_read, descriptors })
    })?;
    Ok(overdue)
}

/// What came of computing with a time-out.
struct Computing {
    took: Duration,
    /// Whether it was let go on to its end.
    finished: bool,
}

/// Computes for so long, in so many pieces with an await behind each.
fn computing(limit: Duration, long: Duration, pieces: u32) -> Result<Computing> {
    let (runtime, start) = (Runtime::new()?, Instant::now());
    let finished = Rc::new(Cell::new(false));
    let reached = Rc::clone(&finished);
    let task = async move {
        let work = timeout(limit, async {
            for _ in 0..pieces {
                let start = Instant::now();
                while start.elapsed() < long / pieces {
                    black_box(());
                }
                yield_now().await;
            }
            reached.set(true);
        });
        work.await.is_err()
    };
    runtime.block_on(async { spawn(task).await }).map_err(|why| format!("{why:?}"))?;
    Ok(Computing { took: start.elapsed(), finished: finished.get() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_closes_the_connection_of_what_it_drops() {
        let overdue = request(Duration::from_millis(300)).expect("a runtime");
        assert!(overdue.elapsed);
        assert_eq!(overdue.other_end_read, 0);
    }

    #[test]
    fn a_time_out_waits_for_the_next_await() {
        let [limit, long] = [2, 10].map(Duration::from_millis);
        let whole = computing(limit, long, 1).expect("a runtime");
        assert!(!whole.finished && whole.took >= long);
        let all = computing(Duration::from_secs(60), long, 4).expect("a runtime");
        assert!(all.finished);
    }
}
