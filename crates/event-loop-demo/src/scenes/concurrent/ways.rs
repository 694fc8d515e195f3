//! The same requests in the four combinations of sync or async, in sequence or concurrent.

use std::net::SocketAddr;
use std::pin::Pin;
use std::thread;

use stage::{Lane, Recorder, Result};
use workloads::blocking;
use workloads::http::{Reply, Request};

use crate::runtime::{Runtime, join, spawn};
use crate::solve::get;

/// A way to make the requests.
pub(super) type Way = fn(&Recorder, SocketAddr, &[Request]) -> Result<Vec<Reply>>;

/// What each is called in a lane, and in the table.
pub(super) const WAYS: [(&str, &str, Way); 5] = [
    ("sync", "sync, one after another", one_after_another),
    ("threads", "sync, concurrent: a thread each", threads),
    ("await", "async, awaited in sequence", in_sequence),
    ("spawn", "async, concurrent: a task each", spawned),
    ("join", "async, concurrent: in one task", joined),
];

/// A request with a lane of its own: the same for all ways.
fn lane(recorder: &Recorder, i: usize) -> Lane {
    let mut lane = recorder.lane((i + 1).to_string());
    lane.now("waiting");
    lane
}

fn blocked(
    recorder: &Recorder,
    service: SocketAddr,
    i: usize,
    request: &Request,
) -> workloads::Result<Reply> {
    let _lane = lane(recorder, i);
    blocking::get(service, request)
}

async fn awaited(
    recorder: Recorder,
    service: SocketAddr,
    i: usize,
    request: Request,
) -> workloads::Result<Reply> {
    let _lane = lane(&recorder, i);
    get(service, request).await
}

fn one_after_another(
    recorder: &Recorder,
    service: SocketAddr,
    requests: &[Request],
) -> Result<Vec<Reply>> {
    let requests = requests.iter().enumerate();
    Ok(requests
        .map(|(i, request)| blocked(recorder, service, i, request))
        .collect::<workloads::Result<_>>()?)
}

fn threads(recorder: &Recorder, service: SocketAddr, requests: &[Request]) -> Result<Vec<Reply>> {
    thread::scope(|scope| {
        let start = |(i, request)| scope.spawn(move || blocked(recorder, service, i, request));
        let threads: Vec<_> = requests.iter().enumerate().map(start).collect();
        let join =
            |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("asking does not panic");
        Ok(threads.into_iter().map(join).collect::<workloads::Result<_>>()?)
    })
}

/// The first request is made when the loop comes to it, the second when the first has its reply.
fn in_sequence(
    recorder: &Recorder,
    service: SocketAddr,
    requests: &[Request],
) -> Result<Vec<Reply>> {
    Runtime::new()?.block_on(async {
        let mut replies = Vec::new();
        for (i, request) in requests.iter().enumerate() {
            replies.push(awaited(recorder.clone(), service, i, request.clone()).await?);
        }
        Ok(replies)
    })
}

/// A task each: spawn() returns at once, and the tasks wait beside one another.
fn spawned(recorder: &Recorder, service: SocketAddr, requests: &[Request]) -> Result<Vec<Reply>> {
    Runtime::new()?.block_on(async {
        let start = |(i, request): (usize, &Request)| {
            spawn(awaited(recorder.clone(), service, i, request.clone()))
        };
        let tasks = requests.iter().enumerate().map(start).collect::<Vec<_>>();
        let mut replies = Vec::new();
        for task in tasks {
            replies.push(task.await.map_err(|_| "a task that asks has panicked")??);
        }
        Ok(replies)
    })
}

/// No task but the one that there is: a join polls all the futures in it.
fn joined(recorder: &Recorder, service: SocketAddr, requests: &[Request]) -> Result<Vec<Reply>> {
    type All = Pin<Box<dyn Future<Output = Vec<workloads::Result<Reply>>>>>;
    let none: All = Box::pin(async { Vec::new() });
    let all = requests.iter().enumerate().fold(none, |others, (i, request)| {
        let one = awaited(recorder.clone(), service, i, request.clone());
        Box::pin(async move {
            let (mut replies, reply) = join(others, one).await;
            replies.push(reply);
            replies
        })
    });
    Ok(Runtime::new()?.block_on(all).into_iter().collect::<workloads::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use workloads::Service;

    use super::*;

    /// The service holds all until all are there, and sends them home if they never are: so a way that
    /// gets replies has had them in flight at once, and one that doesn't, has not.
    #[test]
    fn a_way_is_concurrent_or_is_not() {
        let service = Service::start().unwrap();
        let gather = |i| Request::get(format!("/gather?id={i}&of=3&ms=60000"));
        let (all, home) = ((0..3).map(gather).collect::<Vec<_>>(), "/gather?id=0&of=2&ms=1");
        for (_, what, way) in WAYS {
            let concurrent = what.contains("concurrent");
            let alone = vec![Request::get(home); 3];
            let requests = if concurrent { &all } else { &alone };
            let replies = way(&Recorder::new(), service.address(), requests).unwrap();
            let status = if concurrent { 200 } else { 503 };
            let right = replies.iter().all(|reply| reply.status == status);
            assert!(right && replies.len() == 3, "{what}: {replies:?}");
        }
    }
}
