//! A page of memory that two processes see, as atomic words.

#![expect(unsafe_code, reason = "memory that is mapped is reached through pointers")]

use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

use crate::ring::region;

const LENGTH: NonZero<usize> = NonZero::new(4096).unwrap();

/// The page.
#[derive(Debug)]
pub struct Page(NonNull<AtomicU64>);

impl Page {
    /// A new one, all zero, and its file for the other process.
    ///
    /// # Errors
    /// If there is no memory or no descriptor to be had.
    pub fn create() -> io::Result<(Page, OwnedFd)> {
        let file = region::file(LENGTH.get())?;
        Ok((Page::map(&file)?, file))
    }

    /// The one that the other process created.
    ///
    /// # Errors
    /// If it can't be mapped.
    pub fn map(file: impl AsFd) -> io::Result<Page> {
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the kernel chooses the place, so nothing that exists is replaced.
        let start = unsafe { mmap(None, LENGTH, protection, MapFlags::MAP_SHARED, file, 0) }?;
        Ok(Page(start.cast()))
    }

    /// Its first word.
    #[must_use]
    pub fn word(&self) -> &AtomicU64 {
        // SAFETY: mapped for as long as `self` lives, aligned to a page, and never used but as
        // atomics, by either process: so no access to it is a data race.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: mapped by `map`, and nothing that borrows from it is left.
        let _ = unsafe { munmap(self.0.cast(), LENGTH.get()) };
    }
}
