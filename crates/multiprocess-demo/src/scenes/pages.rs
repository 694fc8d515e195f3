//! Memory in pages, each of them touched.

use std::io;
use std::num::NonZero;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// A mebibyte.
pub const MIB: usize = 1 << 20;

/// Memory of this process alone, all of it really there.
pub struct Pages {
    start: NonNull<u8>,
    length: usize,
}

impl Pages {
    /// So many bytes, a value in each page. On Linux in pages of the usual size, also where the
    /// system would give huge ones, as it would not for the many small objects of a program.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn touched(bytes: usize) -> io::Result<Pages> {
        let Some(length) = NonZero::new(bytes) else {
            return Ok(Pages { start: NonNull::dangling(), length: 0 });
        };
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: new memory, at an address that the kernel chooses, overlaps no other.
        let start = unsafe { mmap_anonymous(None, length, access, MapFlags::MAP_PRIVATE) }?;
        let mut pages = Pages { start: start.cast(), length: bytes };
        // SAFETY: it is advice about exactly this memory, and changes nothing of what it holds.
        #[cfg(target_os = "linux")]
        let _ = unsafe {
            nix::sys::mman::madvise(start, bytes, nix::sys::mman::MmapAdvise::MADV_NOHUGEPAGE)
        };
        pages.write();
        Ok(pages)
    }

    /// Writes a byte in each page.
    pub fn write(&mut self) {
        for byte in self.iter_mut().step_by(page_size()) {
            *byte = byte.wrapping_add(1);
        }
    }

    /// Reads a byte in each page.
    pub fn read(&self) -> u64 {
        self.iter().step_by(page_size()).map(|&byte| u64::from(byte)).sum()
    }
}

/// The size of a page of memory, in bytes.
fn page_size() -> usize {
    let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten();
    size.and_then(|size| usize::try_from(size).ok()).unwrap_or(4096)
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: mapped in `touched` and until `drop`, so long, and zeroed by the kernel; who has
        // `self` borrowed has this. (Of none, a dangling start is what a slice wants.)
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `self` is borrowed by nobody else.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: what `touched` has mapped, once; nobody has it borrowed any more.
            let _ = unsafe { munmap(self.start.cast(), self.length) };
        }
    }
}
