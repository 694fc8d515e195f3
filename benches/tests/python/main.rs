//! Programs in Python as rows of the matrix. No test looks at a time. Without a python3 they say so.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod rows;
mod saboteur;

use std::process::{Command, Output};

use common::Out;
use serde_json::Value;

/// Whether there is a python3 that the programs can run on; says so if not.
fn python() -> bool {
    let new_enough = "import sys; sys.exit(sys.version_info < (3, 8))";
    let status = Command::new("python3").args(["-c", new_enough]).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: no python3 of version 3.8 or later on the PATH");
    }
    there
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn finished(mut command: Command) -> Output {
    command.output().expect("a run")
}

fn cells(out: &Out) -> Vec<Value> {
    out.json()["matrix"].as_array().expect("cells").clone()
}
