//! Real clients, where they are installed.

use std::process::Command;

use super::server::Server;

/// What it prints; nothing if it isn't installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        println!("skipped: {program} isn't installed");
        return None;
    };
    assert!(output.status.success(), "{program}: {output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn curl_gets_right_answers() {
    let server = Server::start();
    let at = |target: &str| format!("http://{}{target}", server.address);
    // Two questions on one connection.
    let (cheap, expensive) = (at("/cheap?n=14"), at("/expensive?below=1000000"));
    let Some(answers) = run("curl", &["-sS", "--fail", &cheap, &expensive]) else { return };
    assert_eq!(answers, "42\n78498\n");
    let wrong = run("curl", &["-sS", "-o", "/dev/null", "-w", "%{http_code}", &at("/nowhere")]);
    assert_eq!(wrong.as_deref(), Some("404"));
    server.end();
}

#[test]
fn wrk_meets_no_error() {
    let server = Server::start();
    let question = format!("http://{}/cheap?n=7", server.address);
    for connections in ["1", "64", "512"] {
        let arguments = ["-t1", "-c", connections, "-d1", "--timeout", "60", &question];
        let Some(told) = run("wrk", &arguments) else { return };
        assert!(!told.contains("Socket errors") && !told.contains("Non-2xx"), "{told}");
        let rate = told.lines().find(|line| line.starts_with("Requests/sec"));
        println!("{connections} connections: {}", rate.expect("wrk tells a rate"));
    }
    server.end();
}
