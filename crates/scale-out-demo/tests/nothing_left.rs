//! However the chapter ends, no file and no process of it is left.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{SigHandler, Signal, signal};

const PATIENCE: Duration = Duration::from_secs(60);

/// A directory for temporary files of which nobody else knows: its name in the environment of a process
/// tells that this process comes from here.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Temporary {
        let unique = format!("scale-out-test-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(unique);
        fs::create_dir(&path).expect("a directory");
        Temporary(path)
    }

    fn chapter(&self, scenes: &[&str]) -> Chapter {
        let mut chapter = Command::new(env!("CARGO_BIN_EXE_scale-out-demo"));
        chapter.args(scenes).arg("--quick").env("TMPDIR", &self.0).stdout(Stdio::piped());
        Chapter(chapter.spawn().expect("the chapter"))
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).expect("the directory");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // There are none, unless the test has failed.
        for process in processes_with(&self.0) {
            let _ = Command::new("kill").args(["-KILL", &process]).status();
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Killed if the test fails before it has ended.
struct Chapter(Child);

impl Drop for Chapter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The processes (where /proc tells) that have this directory in their environment.
fn processes_with(directory: &Path) -> Vec<String> {
    let name = directory.to_string_lossy().into_owned();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let of_ours = processes.flatten().filter(|process| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&name)
    });
    of_ours.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

fn ends_by(name: &str, signal: &str) {
    let temporary = Temporary::new(name);
    // Several scenes, so that the chapter has not ended by itself before the signal comes.
    let mut chapter = temporary.chapter(&["killed", "speedup", "price", "pressure", "gone"]);
    eventually("workers at a file", || {
        let jobs = temporary.files().iter().any(|path| path.join("jobs.sqlite").exists());
        jobs && processes_with(&temporary.0).len() >= if cfg!(target_os = "linux") { 4 } else { 0 }
    });
    let kill = Command::new("kill").args([signal, &chapter.0.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    assert!(!chapter.0.wait().expect("its end").success());
    eventually("no file is left", || temporary.files().is_empty());
    eventually("no process is left", || processes_with(&temporary.0).is_empty());
}

#[test]
fn interrupted() {
    // What a script starts in the background ignores Ctrl-C, and so does all that is started by it.
    // SAFETY: the default action is no code of ours, which might be run at any moment.
    unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }.expect("the signal is known");
    ends_by("interrupted", "-INT");
}

#[test]
fn killed() {
    ends_by("killed", "-KILL");
}

#[test]
fn played_to_its_end() {
    let temporary = Temporary::new("played");
    let mut chapter = temporary.chapter(&["gone"]);
    let mut said = String::new();
    chapter.0.stdout.take().expect("its output").read_to_string(&mut said).expect("text");
    assert!(chapter.0.wait().expect("its end").success(), "{said}");
    assert_eq!(temporary.files(), Vec::<PathBuf>::new());
    eventually("no process is left", || processes_with(&temporary.0).is_empty());
}
