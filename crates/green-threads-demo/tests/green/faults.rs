//! Too few file descriptors, and signals. Each in a process of its own.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use green_threads_demo::green;
use green_threads_demo::green::net::{TcpListener, TcpStream};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::common::{alone, eventually, run};

#[test]
fn out_of_descriptors_it_goes_on_with_those_it_has() {
    let alone = alone("faults::out_of_descriptors_it_goes_on_with_those_it_has");
    if !alone.is_here() {
        let (output, told) = alone.output();
        assert!(output.status.success(), "{told}");
        return;
    }
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64, hard).unwrap();
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut ours = TcpStream::connect(address).unwrap();
        let (mut theirs, _) = listener.accept().unwrap();
        // One more stands in the queue, and then there are none left.
        let _waits = TcpStream::connect(address).unwrap();
        let mut files = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        let accept = listener.accept().map(drop).unwrap_err();
        assert_eq!(accept.raw_os_error(), Some(nix::libc::EMFILE));
        let connect = TcpStream::connect(address).map(drop).unwrap_err();
        assert_eq!(connect.raw_os_error(), Some(nix::libc::EMFILE));
        // Those that are there work.
        let writes = green::spawn(move || theirs.write_all(b"as ever"));
        let mut got = [0; 7];
        ours.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"as ever");
        writes.join().unwrap().unwrap();
        // And who stood in the queue is taken when there is one again.
        drop(files);
        listener.accept().unwrap();
    });
    // Without any, there is not even a poller: a thread that never had one is told.
    let mut files = Vec::new();
    let told = std::thread::spawn(move || {
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        green::run(|| ()).map_err(|why| why.raw_os_error())
    });
    assert_eq!(told.join().unwrap(), Err(Some(nix::libc::EMFILE)));
}

/// It is stopped and goes on a thousand times: every system call that waits is interrupted.
#[test]
fn signals_interrupt_nothing() {
    let alone = alone("faults::signals_interrupt_nothing");
    if alone.is_here() {
        run(serve_until_told);
        return;
    }
    let mut child = alone.command().stdout(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = said
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("serves at ").map(|(_, address)| address.to_owned()));
    let mut stream = std::net::TcpStream::connect(address.unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let pid = Pid::from_raw(child.id().cast_signed());
    for number in 0..1000_u32 {
        for signal in [Signal::SIGUSR1, Signal::SIGSTOP, Signal::SIGCONT] {
            kill(pid, signal).unwrap();
        }
        if number % 10 == 0 {
            stream.write_all(&number.to_ne_bytes()).unwrap();
            let mut answer = [0; 4];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(answer, number.to_ne_bytes());
        }
    }
    drop(stream);
    let mut left = None;
    eventually(|| {
        left = child.try_wait().unwrap();
        left.is_some()
    });
    assert!(left.unwrap().success());
}

/// Sends back what comes on one connection, and ends with it. Beside it somebody sleeps.
fn serve_until_told() {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, sigaction};
    extern "C" fn nothing(_: nix::libc::c_int) {}
    // No SA_RESTART: the calls fail.
    let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
    // SAFETY: a handler that does nothing can be called at any time.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("serves at {}", listener.local_addr().unwrap());
    drop(green::spawn(|| {
        loop {
            let (began, time) = (Instant::now(), Duration::from_millis(1));
            green::sleep(time);
            assert!(began.elapsed() >= time);
        }
    }));
    let (mut stream, _) = listener.accept().unwrap();
    let mut number = [0; 4];
    loop {
        match stream.read_exact(&mut number) {
            Ok(()) => stream.write_all(&number).unwrap(),
            Err(end) if end.kind() == ErrorKind::UnexpectedEof => return,
            Err(why) => panic!("{why}"),
        }
    }
}
