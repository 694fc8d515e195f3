//! A piece of memory that two processes see: the boards of both ends, and a ring each way.
//!
//! ```text
//!   ┌─────────────────┬───────────────────────────┬───────────────────────────┐
//!   │ boards (a page) │ the ring from the near end │ the ring from the far end │
//!   └─────────────────┴───────────────────────────┴───────────────────────────┘
//! ```
//!
//! It belongs to a file without a name, which is gone when the last process that has it open or
//! mapped is.

#![expect(unsafe_code, reason = "memory that is mapped is reached through pointers")]

use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;
use nix::unistd::ftruncate;

use super::positions::Board;

/// Where the first ring begins.
const BOARDS: usize = 4096;
const _: () = assert!(2 * size_of::<Board>() <= BOARDS);

/// More is refused: the pages are really taken.
const MOST: usize = 1 << 30;

/// The mapped memory.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    length: NonZero<usize>,
    /// Of each of the two rings, in bytes; a power of two.
    capacity: usize,
}

// SAFETY: a region is reached only through its own mapping, which any thread may use; it is not
// `Sync`, and what its methods ask of callers holds for whoever has it.
unsafe impl Send for Region {}

impl Region {
    /// New memory, all zero, and its file for the other process.
    ///
    /// # Errors
    /// `InvalidInput` if the capacity is not a power of two up to 1 GiB; otherwise that there is no
    /// memory or no descriptor.
    pub fn create(capacity: usize) -> io::Result<(Region, OwnedFd)> {
        if !capacity.is_power_of_two() || capacity > MOST {
            let why = format!("a ring of {capacity} bytes: not a power of two up to {MOST}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let size = BOARDS + 2 * capacity;
        let file = file(size)?;
        Ok((Region::map(file.as_fd())?, file))
    }

    /// The memory of a file that `create` made, here or in the other process.
    ///
    /// # Errors
    /// If it isn't one, or can't be mapped.
    pub fn map(file: impl AsFd) -> io::Result<Region> {
        let size = usize::try_from(fstat(&file)?.st_size).unwrap_or(0);
        // Some systems round the size up to their pages. Both ends ask the file, so they agree.
        let capacity = (size.saturating_sub(BOARDS) / 2).checked_ilog2().map(|bits| 1 << bits);
        let (Some(capacity), Some(length)) = (capacity, NonZero::new(size)) else {
            let why = "this is not the file of a ring";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        };
        let flags = MapFlags::MAP_SHARED;
        // With the page tables filled at once, no first message waits for them.
        #[cfg(target_os = "linux")]
        let flags = flags | MapFlags::MAP_POPULATE;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the kernel chooses the place, so nothing that exists is replaced.
        let start = unsafe { mmap(None, length, protection, flags, file, 0) }?;
        Ok(Region { start: start.cast(), length, capacity })
    }

    /// How many bytes each ring holds.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The boards of the near and of the far end.
    #[must_use]
    pub fn boards(&self) -> &[Board; 2] {
        if cfg!(loom) {
            unreachable!("the atomics of a model can't lie in shared memory");
        }
        // SAFETY: the mapping is a page or more, aligned to one, and lives as long as `self`. A
        // board is made of atomics, for which any bytes are valid, and which is all that either
        // process ever makes of this page.
        unsafe { self.start.cast().as_ref() }
    }

    /// Copies bytes to a position of the ring that goes out from the near (0) or far (1) end.
    ///
    /// # Safety
    /// The caller is that end, and these bytes, at most a ring full, are room: the other end
    /// neither reads nor writes them now.
    pub unsafe fn put(&self, end: usize, position: u64, bytes: &[u8]) {
        let (place, first) = self.place(end, position, bytes.len());
        // SAFETY: `place` says that both pieces are inside the mapping; that nobody else is at them
        // the caller promises, so they don't overlap `bytes` either.
        unsafe {
            place.copy_from_nonoverlapping(NonNull::from(bytes).cast(), first);
            let rest = &bytes[first..];
            self.ring(end).copy_from_nonoverlapping(NonNull::from(rest).cast(), rest.len());
        }
    }

    /// Appends so many bytes from a position of the ring that goes out from the near (0) or far (1)
    /// end.
    ///
    /// # Safety
    /// The caller is the other end, and these bytes, at most a ring full, are published: the writer
    /// doesn't touch them now.
    pub unsafe fn take(&self, end: usize, position: u64, count: usize, into: &mut Vec<u8>) {
        let (place, first) = self.place(end, position, count);
        into.reserve(count);
        // SAFETY: as in `put`; there is capacity for `count` bytes behind those of `into`, and they
        // are initialised when its length says so. Whatever they are, they are valid as `u8`.
        unsafe {
            let spare = NonNull::from(into.spare_capacity_mut()).cast::<u8>();
            place.copy_to_nonoverlapping(spare, first);
            self.ring(end).copy_to_nonoverlapping(spare.add(first), count - first);
            into.set_len(into.len() + count);
        }
    }

    /// Where a position is, and how many of so many bytes come before the ring's end; the rest is
    /// at its beginning.
    fn place(&self, end: usize, position: u64, count: usize) -> (NonNull<u8>, usize) {
        assert!(count <= self.capacity, "more than a ring full");
        // The low bits are all that is needed, so a 32-bit `usize` may cut the others off.
        let offset = position as usize & (self.capacity - 1);
        // SAFETY: less than `capacity` bytes into this ring.
        let place = unsafe { self.ring(end).add(offset) };
        (place, count.min(self.capacity - offset))
    }

    fn ring(&self, end: usize) -> NonNull<u8> {
        assert!(end < 2);
        // SAFETY: the mapping is the boards' page and two rings.
        unsafe { self.start.add(BOARDS + end * self.capacity) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length, and nothing that borrows from it is left.
        let _ = unsafe { munmap(self.start.cast(), self.length.get()) };
    }
}

/// Memory of so many bytes, all zero, that other processes can map.
///
/// # Errors
/// If there is no memory or no descriptor to be had.
pub fn file(size: usize) -> io::Result<OwnedFd> {
    // Where there is no descriptor, that is what is said.
    let file = nameless()?;
    reserve(&file, size).map_err(|why| {
        let what = format!("no {size} bytes of shared memory: {}", why.desc());
        io::Error::new(io::Error::from(why).kind(), what)
    })?;
    Ok(file)
}

/// Gives the file its size and *all its pages*, or says that there is no memory. Otherwise the
/// first write to a page that can't be had would end the process, with SIGBUS.
#[cfg(target_os = "linux")]
fn reserve(file: &OwnedFd, size: usize) -> Result<(), Errno> {
    use nix::fcntl::{FcntlArg, SealFlag, fcntl, posix_fallocate};
    let length = i64::try_from(size).map_err(|_| Errno::EFBIG)?;
    ftruncate(file, length)?;
    while let Err(why) = posix_fallocate(file, 0, length) {
        if why != Errno::EINTR {
            return Err(why);
        }
    }
    // Nor can anybody take them away again.
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn nameless() -> Result<OwnedFd, Errno> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    memfd_create("ring", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)
}

/// Gives the file its size. macOS has no way to reserve the pages of shared memory.
#[cfg(not(target_os = "linux"))]
fn reserve(file: &OwnedFd, size: usize) -> Result<(), Errno> {
    ftruncate(file, i64::try_from(size).map_err(|_| Errno::EFBIG)?)
}

/// POSIX knows shared memory by names only: this one is taken away at once.
#[cfg(not(target_os = "linux"))]
fn nameless() -> Result<OwnedFd, Errno> {
    use nix::fcntl::OFlag;
    use nix::sys::{mman, stat::Mode};
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("/ring.{}.{number}", std::process::id());
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
    let file = mman::shm_open(name.as_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR)?;
    mman::shm_unlink(name.as_str())?;
    Ok(file)
}
