//! What the operating system allows a process.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the number of files (and so sockets) that this process may have open to what the
/// system allows at most, and returns it. By custom the limit starts low, at 256 or 1,024.
pub fn allow_many_files() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    // macOS says "unlimited" and then refuses more than OPEN_MAX.
    let most = if cfg!(target_os = "macos") { hard.min(10_240) } else { hard };
    match setrlimit(Resource::RLIMIT_NOFILE, most, hard) {
        Ok(()) => most,
        Err(_) => soft,
    }
}
