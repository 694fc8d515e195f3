//! The lock of a stream of C's standard library, at a fork.

/// Whether a second thread gets the lock of a stream; and then, while it has it, whether the main
/// thread gets it, and whether a child that is forked now does. Nothing where the C library isn't
/// glibc.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn who_gets_it() -> std::io::Result<Option<[bool; 3]>> {
    Ok(None)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use glibc::who_gets_it;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::fs::File;
    use std::io;
    use std::os::fd::IntoRawFd;
    use std::sync::mpsc::channel;
    use std::thread;

    use nix::libc::{self, FILE};

    use crate::child::Death;
    use crate::scenes::forked::{alone, forked_among_threads};

    unsafe extern "C" {
        // POSIX: flockfile(3).
        fn ftrylockfile(stream: *mut FILE) -> libc::c_int;
        fn funlockfile(stream: *mut FILE);
    }

    /// A stream that nothing is written to.
    struct Stream(*mut FILE);

    // SAFETY: a stream has a lock so that threads may share it.
    unsafe impl Sync for Stream {}

    impl Stream {
        fn open() -> io::Result<Stream> {
            let file = File::options().write(true).open("/dev/null")?;
            // SAFETY: the descriptor is open, and from now on the stream's, which closes it.
            let stream = unsafe { libc::fdopen(file.into_raw_fd(), c"w".as_ptr()) };
            if stream.is_null() { Err(io::Error::last_os_error()) } else { Ok(Stream(stream)) }
        }

        fn try_lock(&self) -> bool {
            // SAFETY: the stream is open for as long as `self` is.
            unsafe { ftrylockfile(self.0) == 0 }
        }

        /// For whoever has locked it.
        fn unlock(&self) {
            // SAFETY: as above; the caller has it locked.
            unsafe { funlockfile(self.0) }
        }
    }

    impl Drop for Stream {
        fn drop(&mut self) {
            // SAFETY: opened once, closed once, and nobody has it locked.
            unsafe { libc::fclose(self.0) };
        }
    }

    pub fn who_gets_it() -> io::Result<Option<[bool; 3]>> {
        alone()?;
        let stream = &Stream::open()?;
        thread::scope(|scope| {
            let (locked, is_locked) = channel();
            let (release, released) = channel::<()>();
            scope.spawn(move || {
                let got = stream.try_lock();
                let _ = locked.send(got);
                // Returns when the other end has gone.
                let _ = released.recv();
                if got {
                    stream.unlock();
                }
            });
            let thread = is_locked.recv().unwrap_or(false);
            let main = stream.try_lock();
            if main {
                stream.unlock();
            }
            // SAFETY: the child tries one lock, which doesn't wait, and ends.
            let child = unsafe { forked_among_threads(|| i32::from(!stream.try_lock())) };
            let child = child?.wait() == Death::Exited(0);
            drop(release);
            Ok(Some([thread, main, child]))
        })
    }
}
