//! What several tests need.

use std::process::Command;

use green_threads_demo::green;

/// Runs green threads; that there is a file descriptor for it is taken for granted.
#[track_caller]
pub fn run<T>(main: impl FnOnce() -> T) -> T {
    green::run(main).expect("a file descriptor for the poller")
}

/// What a test does that may end its process: it runs once more, in a process of its own.
pub struct Alone {
    name: &'static str,
    variable: String,
}

/// The test of this name, which is the one that calls this.
pub fn alone(name: &'static str) -> Alone {
    Alone { name, variable: format!("ALONE_{}", name.replace(':', "_")) }
}

impl Alone {
    /// Whether this is that process.
    pub fn is_here(&self) -> bool {
        std::env::var_os(&self.variable).is_some()
    }

    /// Starts it. If programs of this kind need another to run them, `TEST_RUNNER` says which.
    pub fn command(&self) -> Command {
        let program = std::env::current_exe().expect("a test is a program");
        let mut command = match std::env::var_os("TEST_RUNNER") {
            Some(runner) => {
                let mut command = Command::new(runner);
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(["--exact", self.name, "--nocapture"]).env(&self.variable, "1");
        command
    }

    /// What came of it.
    #[cfg(target_os = "linux")]
    pub fn output(&self) -> (std::process::Output, String) {
        let output = self.command().output().expect("the test's own program starts");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output, told)
    }
}

/// Waits until this is so, on any kind of thread, and not for ever.
#[cfg(target_os = "linux")]
#[track_caller]
pub fn eventually(mut what: impl FnMut() -> bool) {
    use std::time::{Duration, Instant};
    let limit = Instant::now() + Duration::from_secs(60);
    while !what() {
        assert!(Instant::now() < limit, "it has not come to that in a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Counts up in a list when it is dropped.
pub struct Told(pub std::rc::Rc<std::cell::RefCell<Vec<u32>>>, pub u32);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}
