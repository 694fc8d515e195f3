//! The slow service and every kind of client: polite, slow, rude, and not of this book.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use workloads::http::Request;
use workloads::service::Fault;
use workloads::{Service, blocking, fetch, orders};

const PATIENCE: Duration = Duration::from_secs(30);

fn connect(service: &Service) -> TcpStream {
    let client = TcpStream::connect(service.address()).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

fn ask(client: &mut TcpStream, targets: &[&str]) {
    let requests = targets.iter().map(|target| Request::get(*target).bytes());
    client.write_all(&requests.collect::<Vec<_>>().concat()).unwrap();
}

/// All that the service says until it closes.
fn rest(mut client: TcpStream) -> String {
    let mut said = String::new();
    client.read_to_string(&mut said).unwrap();
    said
}

/// Says this and closes its side, so that the service closes when it has answered.
fn say(service: &Service, bytes: impl AsRef<[u8]>) -> String {
    let mut client = connect(service);
    client.write_all(bytes.as_ref()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    rest(client)
}

/// The numbers of the answers, in the order in which they came.
fn answers(said: &str) -> Vec<&str> {
    said.split("{\"id\":").skip(1).filter_map(|answer| Some(answer.split_once('}')?.0)).collect()
}

fn eventually(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "it does not happen");
        thread::yield_now();
    }
}

/// What a program prints; nothing if it is not there.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        println!("skipped: there is no {program}");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn curl_gets_its_answers_over_one_connection() {
    let service = Service::start().unwrap();
    let urls = [1, 2, 3].map(|id| format!("http://{}/think?id={id}&ms=5", service.address()));
    // Whatever the reader's own settings say; -q must come first.
    let alone = ["-q", "--noproxy", "*"];
    let counts = ["-sS", "--max-time", "60", "-w", "%{http_code} %{num_connects}\n"];
    let with = |more: &[&'static str]| {
        let urls = urls.iter().map(String::as_str);
        let arguments: Vec<_> =
            alone.into_iter().chain(counts).chain(more.iter().copied()).chain(urls).collect();
        output("curl", &arguments)
    };
    let Some(kept) = with(&[]) else { return };
    assert_eq!(kept, "{\"id\":1}\n200 1\n{\"id\":2}\n200 0\n{\"id\":3}\n200 0\n");
    let closed = "{\"id\":1}\n200 1\n{\"id\":2}\n200 1\n{\"id\":3}\n200 1\n";
    assert_eq!(with(&["--http1.0"]).unwrap(), closed);
    assert_eq!(with(&["-H", "Connection: close"]).unwrap(), closed);
}

#[test]
fn python_gets_its_answers_over_one_connection() {
    const PROGRAM: &str = "
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], timeout=30)
for ms in (20, 0, 5):
    connection.request('GET', f'/think?id={ms}&ms={ms}')
    reply = connection.getresponse()
    print(reply.status, reply.version, reply.read())
    port = connection.sock.getsockname()[1]
    assert port == globals().setdefault('first', port)
connection.request('POST', '/think', body='x')
print(connection.getresponse().status)
";
    let service = Service::start().unwrap();
    let address = service.address().to_string();
    let Some(said) = output("python3", &["-c", PROGRAM, &address]) else { return };
    let expected = [20, 0, 5].map(|id| format!("200 11 b'{{\"id\":{id}}}\\n'\n")).concat();
    assert_eq!(said, expected + "405\n");
}

#[test]
fn pipelined_replies_keep_the_order_of_the_requests() {
    let service = Service::start().unwrap();
    let mut client = connect(&service);
    ask(&mut client, &["/think?id=1&ms=90", "/think?id=2&ms=0", "/think?id=3&ms=45"]);
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answers(&rest(client)), ["1", "2", "3"]);
    assert_eq!(service.log().unwrap().most_at_once, 3);
}

#[test]
fn who_asks_to_close_is_answered_and_nothing_behind_it() {
    let service = Service::start().unwrap();
    for version in ["1.1\r\nConnection: close", "1.0"] {
        let mut client = connect(&service);
        let closes = format!("GET /think?id=1&ms=5 HTTP/{version}\r\n\r\n");
        let more = Request::get("/think?id=2&ms=0").bytes();
        client.write_all(&[closes.as_bytes(), &more].concat()).unwrap();
        let said = rest(client);
        assert_eq!(answers(&said), ["1"]);
        assert!(said.contains("\r\nConnection: close\r\n"), "{said}");
    }
    assert_eq!(service.log().unwrap().answered, 2);
    let stays = "GET /think?id=1&ms=0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2);
    let said = say(&service, stays);
    assert_eq!(said.matches("\r\nConnection: keep-alive\r\n").count(), 2, "{said}");
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let service = Service::start().unwrap();
    let mut client = connect(&service);
    client.set_nodelay(true).unwrap();
    for byte in Request::get("/think?id=9&ms=0").bytes() {
        client.write_all(&[byte]).unwrap();
        thread::yield_now();
    }
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answers(&rest(client)), ["9"]);
}

#[test]
fn a_client_that_resets_takes_its_requests_with_it() {
    let service = Service::start().unwrap();
    let mut rude = connect(&service);
    ask(&mut rude, &["/", "/gather?id=1&of=2&ms=60000"]);
    rude.write_all(b"GET /thi").unwrap();
    eventually(|| service.log().unwrap().most_at_once == 1);
    // Closed with an answer unread, the connection is reset.
    assert_eq!(rude.peek(&mut [0]).unwrap(), 1);
    drop(rude);
    eventually(|| {
        service.clear().unwrap();
        service.log().unwrap().most_at_once == 0
    });
    // It is not counted as one of the two either.
    let said = say(&service, Request::get("/gather?id=1&of=2&ms=1").bytes());
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
}

#[test]
fn a_gathering_is_let_go_exactly_when_it_is_complete() {
    let service = Service::start().unwrap();
    let mut clients: Vec<_> = (0..5).map(|_| connect(&service)).collect();
    for (client, arrived) in clients[1..].iter_mut().zip(1..) {
        ask(client, &["/gather?id=1&of=5&ms=60000"]);
        eventually(|| service.log().unwrap().most_at_once == arrived);
        assert_eq!(service.log().unwrap().answered, 0);
    }
    ask(&mut clients[0], &["/gather?id=1&of=5&ms=60000"]);
    for client in clients {
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(answers(&rest(client)), ["1"]);
    }
    let log = service.log().unwrap();
    assert_eq!((log.answered, log.most_at_once), (5, 5));
}

#[test]
fn a_gathering_that_stays_incomplete_is_sent_home() {
    let service = Service::start().unwrap();
    let said = say(&service, Request::get("/gather?id=1&of=2&ms=20").bytes());
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(said.ends_with("\r\n\r\n2 requests did not come together\n"), "{said}");
}

#[test]
fn what_is_refused_is_refused_by_its_name() {
    let service = Service::start().unwrap();
    for (target, said) in [
        ("/think?id=1", "400 ms must be from 0 to 60000"),
        ("/think?id=1&ms=60001", "400 ms must be from 0 to 60000"),
        ("/think?id=1&ms=-1", "400 ms must be a whole number, not \"-1\""),
        ("/think?ms=0", "400 id must be from 0 to 18446744073709551615"),
        ("/gather?id=1&of=0", "400 of must be from 1 to 100000"),
        ("/gather?id=1&of=1&ms=60001", "400 ms must be from 0 to 60000"),
        ("/orders?page=100000&ms=0", "400 page must be from 0 to 99999"),
        ("/spoil?page=0&fault=4", "400 fault must be from 1 to 3"),
        ("/thinks", "404 /think?id=N&ms=T "),
    ] {
        let reply = blocking::get(service.address(), &Request::get(target)).unwrap();
        let text = format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body));
        assert!(text.starts_with(said), "{target}: {text}");
    }
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(9_000));
    for (bytes, status) in [
        (long.as_str(), "431"),
        ("\x16\x03\x01", "400"),
        ("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "400"),
        ("DELETE / HTTP/1.1\r\n\r\n", "405"),
        ("GET /thi", ""),
        ("", ""),
    ] {
        let said = say(&service, bytes);
        let (first, _) = said.split_once("\r\n").unwrap_or_default();
        assert_eq!(first.split(' ').nth(1).unwrap_or_default(), status, "{bytes:?}: {said}");
    }
}

#[test]
fn faults_are_what_they_say_until_they_are_cleared() {
    let service = Service::start().unwrap();
    let get = || {
        let reply = blocking::get(service.address(), &orders::request(7))?;
        orders::Totals::default().add(7, &reply)
    };
    get().unwrap();
    for (fault, why) in [
        (Fault::CutShort, "GET /orders?page=7&ms=10: cut short: "),
        (Fault::WrongLength, "GET /orders?page=7&ms=10: 18 bytes more than its length says"),
        (Fault::BadJson, "orders page 7: bad JSON: "),
    ] {
        service.spoil(7, fault).unwrap();
        let said = get().unwrap_err().to_string();
        assert!(said.starts_with(why), "{said}");
        assert_eq!(blocking::get(service.address(), &orders::request(8)).unwrap(), orders::page(8));
    }
    service.clear().unwrap();
    get().unwrap();
}

#[test]
fn the_log_counts_what_was_thought_about_and_clear_begins_again() {
    let service = Service::start().unwrap();
    let log = || service.log().unwrap();
    assert_eq!((log().answered, log().most_at_once), (0, 0));
    for request in fetch::requests(3, 0).unwrap() {
        blocking::get(service.address(), &request).unwrap();
    }
    assert_eq!((log().answered, log().most_at_once), (3, 1));
    assert!(log().late_p50_us <= log().late_p99_us);
    let mut held = connect(&service);
    ask(&mut held, &["/think?id=1&ms=60000"]);
    eventually(|| service.log().unwrap().most_at_once == 1);
    service.clear().unwrap();
    assert_eq!(log().answered, 0);
}

/// A client that never stops asking, and reads all answers, leaves the others their turn.
#[test]
fn a_flood_from_one_client_does_not_keep_the_others_waiting() {
    let service = Service::start().unwrap();
    let enough = AtomicBool::new(false);
    let flooding = connect(&service);
    let requests = Request::get("/").bytes().repeat(2_000);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !enough.load(Ordering::SeqCst) {
                (&flooding).write_all(&requests).unwrap();
            }
            flooding.shutdown(Shutdown::Write).unwrap();
        });
        scope.spawn(|| std::io::copy(&mut &flooding, &mut std::io::sink()).unwrap());
        let requests = fetch::requests(20, 1).unwrap();
        let mut replies = requests.iter().map(|request| blocking::get(service.address(), request));
        let all = replies.all(|reply| reply.is_ok());
        enough.store(true, Ordering::SeqCst);
        assert!(all, "not everyone was answered");
    });
}

/// The service stops reading while too much is unread, and goes on when the client does.
#[test]
fn a_client_that_reads_late_gets_all_its_answers() {
    let service = Service::start().unwrap();
    let client = connect(&service);
    let requests = Request::get("/").bytes().repeat(200_000);
    thread::scope(|scope| {
        scope.spawn(|| {
            (&client).write_all(&requests).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        });
        thread::sleep(Duration::from_millis(100)); // Late, that is what this is about.
        let mut said = Vec::new();
        (&client).read_to_end(&mut said).unwrap();
        let one = say(&service, Request::get("/").bytes()).len();
        assert_eq!(said.len(), 200_000 * one);
    });
}

/// Nothing but the waker tells it that it is to end: the client that is there says nothing.
#[test]
fn a_service_that_sleeps_is_woken_to_end() {
    for _ in 0..20 {
        let service = Service::start().unwrap();
        let silent = connect(&service);
        service.log().unwrap();
        thread::sleep(Duration::from_millis(2)); // It has nothing to do: let it fall asleep.
        drop(service);
        drop(silent);
    }
}
