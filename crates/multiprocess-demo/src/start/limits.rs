//! What an error of the system means where a process was to be started, and what can be done.

use std::io;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};

/// The same error in words that help, if it is one of a limit.
pub(crate) fn explain(why: io::Error) -> io::Error {
    let Some(errno) = why.raw_os_error().map(Errno::from_raw) else { return why };
    let said = match errno {
        Errno::EAGAIN => format!(
            "this user may have no more processes{}; end some, raise the limit, or do with fewer \
             workers",
            processes()
        ),
        Errno::EMFILE => format!(
            "this process may have no more files open{}; raise the limit, or do with fewer workers",
            limit(Resource::RLIMIT_NOFILE, "ulimit -n")
        ),
        Errno::ENFILE => "the system has no more room for open files; do with fewer workers".into(),
        Errno::ENOMEM => "there is no memory for another process; do with fewer workers".into(),
        _ => return why,
    };
    io::Error::new(why.kind(), said)
}

#[cfg(target_os = "linux")]
fn processes() -> String {
    limit(Resource::RLIMIT_NPROC, "ulimit -u")
}

/// nix has no name for the limit there.
#[cfg(not(target_os = "linux"))]
fn processes() -> String {
    " (ulimit -u)".into()
}

fn limit(resource: Resource, command: &str) -> String {
    match getrlimit(resource) {
        Ok((soft, _)) if soft < u64::from(u32::MAX) => format!(" ({command}: {soft})"),
        _ => String::new(),
    }
}
