//! The loop's thread sleeps in the poller, and nowhere else. Linux tells where a thread is:
//! proc_pid_syscall(5) and proc_pid_stat(5).

use std::fs;
use std::future::poll_fn;
use std::io::Write;
use std::net;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use event_loop_demo::runtime::net::TcpListener;
use event_loop_demo::runtime::{Runtime, offload, select, sleep, spawn};
use nix::libc;
use nix::unistd::{Pid, gettid};

use super::common::{LONG, NEVER};

/// In which state a thread is, and in which system call.
fn place(thread: Pid) -> Option<(char, i64)> {
    let of = |file| fs::read_to_string(format!("/proc/self/task/{thread}/{file}")).ok();
    let stat = of("stat")?;
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    let call = of("syscall")?.split(' ').next()?.parse().unwrap_or(-1);
    Some((state, call))
}

fn is_in_the_poller((state, call): (char, i64)) -> bool {
    #[cfg(target_arch = "x86_64")]
    let polls = call == libc::SYS_epoll_wait || call == libc::SYS_epoll_pwait;
    #[cfg(not(target_arch = "x86_64"))]
    let polls = call == libc::SYS_epoll_pwait;
    state == 'S' && polls
}

/// Runs a loop that waits for this; watches where its thread is; ends the wait.
fn sleeps_in_the_poller<R>(
    what: &str,
    wait: impl AsyncFnOnce(Sender<R>) + Send + 'static,
    end: impl FnOnce(R),
) where
    R: Send + 'static,
{
    let (me, thread_of) = channel();
    let (ready, readies): (Sender<R>, Receiver<R>) = channel();
    let runs = thread::spawn(move || {
        me.send(gettid()).unwrap();
        let runtime = Runtime::new().unwrap();
        runtime.block_on(wait(ready));
    });
    let thread = thread_of.recv_timeout(NEVER).unwrap();
    let release = readies.recv_timeout(NEVER).unwrap();
    if fs::read_to_string(format!("/proc/self/task/{thread}/syscall")).is_err() {
        eprintln!("skipped: this system doesn't tell in which call a thread is");
    } else {
        let start = Instant::now();
        while !place(thread).is_some_and(is_in_the_poller) {
            assert!(start.elapsed() < NEVER, "{what}: it is in {:?}", place(thread));
            thread::yield_now();
        }
        // And there it stays.
        for _ in 0..50 {
            let place = place(thread).unwrap();
            assert!(is_in_the_poller(place), "{what}: it is in {place:?}");
            thread::sleep(Duration::from_micros(200));
        }
    }
    end(release);
    runs.join().unwrap();
}

/// Ready when somebody has woken it: the second time.
async fn woken(tell: impl FnOnce(Waker)) {
    let mut tell = Some(tell);
    poll_fn(|cx| match tell.take() {
        Some(tell) => {
            tell(cx.waker().clone());
            Poll::Pending
        }
        None => Poll::Ready(()),
    })
    .await;
}

#[test]
fn when_it_waits_for_another_thread() {
    sleeps_in_the_poller(
        "another thread",
        async |ready| woken(|waker| ready.send(waker).unwrap()).await,
        Waker::wake,
    );
}

#[test]
fn when_it_waits_for_a_timer() {
    sleeps_in_the_poller(
        "a timer",
        async |ready| {
            select(sleep(LONG), woken(|waker| ready.send(waker).unwrap())).await;
        },
        Waker::wake,
    );
}

#[test]
fn when_it_waits_for_a_socket() {
    sleeps_in_the_poller(
        "a socket",
        async |ready| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let client = spawn(offload(move || net::TcpStream::connect(address).unwrap()));
            let (stream, _) = listener.accept().await.unwrap();
            ready.send(client.await.unwrap().unwrap()).unwrap();
            assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 2);
        },
        |mut client| client.write_all(b"hi").unwrap(),
    );
}

#[test]
fn when_it_waits_for_a_client() {
    sleeps_in_the_poller(
        "a client",
        async |ready| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            ready.send(listener.local_addr().unwrap()).unwrap();
            listener.accept().await.unwrap();
        },
        |address| drop(net::TcpStream::connect(address).unwrap()),
    );
}

#[test]
fn when_it_waits_for_an_offloaded_call() {
    sleeps_in_the_poller(
        "an offloaded call",
        async |ready| {
            let (end, ends) = channel::<()>();
            ready.send(end).unwrap();
            offload(move || ends.recv().is_ok()).await.unwrap();
        },
        drop,
    );
}
