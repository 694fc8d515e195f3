//! Sabotage: a module of ours that Python imports before all else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::text;

/// A directory with one module, which Python imports before all else and everywhere.
pub struct Saboteur(PathBuf);

impl Saboteur {
    pub fn new(test: &str, module: &str) -> Saboteur {
        let directory =
            std::env::temp_dir().join(format!("benches-{}-{test}-saboteur", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        fs::write(directory.join("sitecustomize.py"), module).expect("a module");
        Saboteur(directory)
    }

    pub fn joins(&self, command: &mut Command) {
        command.env("PYTHONPATH", &self.0);
    }

    /// The files that were left in the directory: one for each process that hangs.
    pub fn hanging(&self) -> usize {
        let files = fs::read_dir(&self.0).expect("a directory").flatten();
        files.filter(|file| file.file_name().to_string_lossy().starts_with("hangs-")).count()
    }

    /// The processes that were started with it, and those that they started.
    pub fn alive(&self) -> Vec<PathBuf> {
        let ours = self.0.to_str().expect("text");
        let processes = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.path());
        // That of a zombie is empty.
        let of_ours = |process: &PathBuf| {
            fs::read(process.join("environ")).is_ok_and(|set| text(&set).contains(ours))
        };
        processes.filter(of_ours).collect()
    }
}

impl Drop for Saboteur {
    fn drop(&mut self) {
        // None are left, unless the test has failed.
        let id = |process: &PathBuf| process.file_name()?.to_str()?.parse().ok();
        for process in self.alive().iter().filter_map(id) {
            let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}
