//! What the tests of the program share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A directory for a report, gone at the end of the test.
pub struct Out(pub PathBuf);

impl Out {
    pub fn new(test: &str) -> Out {
        let unique = format!("benches-{}-{test}", std::process::id());
        Out(std::env::temp_dir().join(unique))
    }

    pub fn json(&self) -> Value {
        let json = fs::read(self.0.join("report.json")).expect("a report");
        serde_json::from_slice(&json).expect("valid JSON")
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The matrix, quick, with its report in `out`.
#[allow(dead_code, reason = "each test is a crate of its own, and not all want it")]
pub fn matrix(out: &Path, arguments: &[&str]) -> Command {
    quick("matrix", out, arguments)
}

/// This command, quick, with its report in `out`.
pub fn quick(what: &str, out: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_benches"));
    command.args([what, "--quick", "--out"]).arg(out).args(arguments);
    command.env("COLUMNS", "80").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// For how long a condition is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a condition; whether it came.
#[allow(dead_code, reason = "each test is a crate of its own, and not all want it")]
pub fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}
