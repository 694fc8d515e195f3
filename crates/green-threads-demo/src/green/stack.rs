//! Stacks: many, guarded, and used again, but for those that have overflowed.
//!
//! A stack must stay where it is, since there are pointers into it; so it gets as many addresses as
//! it may ever need, and memory only where it is touched, page by page. Below each lie some that
//! nobody may touch, so that an overflow is a fault and not somebody else's data.
//!
//! ```text
//!    lower                                                         higher addresses
//!   ┌───────┬───────────────────────┬───────┬───────────────────────┬──
//!   │ guard │ no memory yet ◀─ used │ guard │ no memory yet ◀─ used │ …    one mapping
//!   └───────┴───────────────────────┴───────┴───────────────────────┴──
//! ```

use std::io;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::libc;

/// How many bytes of addresses a stack has, its guard included.
pub const SIZE: usize = 256 * 1024;

/// How many stacks the first mapping has. Each further one has twice as many: the system allows
/// 65,530 mappings, and in this way 100,000 stacks need a dozen.
const FIRST: usize = 64;

/// How much the scheduler may need at most, in bytes.
const ROOM: usize = 16 * 1024;

/// How many stacks there may be where each guard is a mapping of its own, and what is between two
/// of them also: some must be left for the rest of the program.
const DEAR: usize = 30_000;

/// How many free stacks keep the memory that they have touched.
const WARM: usize = 1024;

/// The stacks of a thread of the operating system.
#[derive(Default)]
pub struct Stacks {
    slabs: Vec<Slab>,
    /// The last one freed comes first: its memory is in the caches.
    free: Vec<Stack>,
    made: usize,
}

struct Slab {
    base: NonNull<u8>,
    stacks: usize,
}

/// One stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    base: NonNull<u8>,
    number: usize,
}

impl Stack {
    /// Its number among those of its thread: the first is 0.
    #[must_use]
    pub fn number(self) -> usize {
        self.number
    }

    /// Where it begins: stacks grow downwards. Not all at the same place of a page: those that did
    /// would compete for the same lines of the processor's caches.
    #[must_use]
    pub fn top(self) -> *mut u8 {
        let shift = self.number % 16 * 128;
        // SAFETY: within the mapping, of which this is the end of a part.
        unsafe { self.base.as_ptr().add(SIZE - shift) }
    }

    /// Whoever runs lower on it than here has little room left: it is about to overflow.
    #[inline]
    pub(super) fn lowest(self) -> usize {
        self.base.as_ptr() as usize + guard_size() + ROOM
    }

    /// Touches its guard, as whoever has no room left would.
    #[cold]
    pub(super) fn overflow(self) {
        // SAFETY: it can be read, or it is the guard: then that is what is wanted.
        unsafe { self.base.as_ptr().read_volatile() };
    }

    /// Whether an address lies in its guard.
    #[must_use]
    pub fn guards(self, address: usize) -> bool {
        let base = self.base.as_ptr() as usize;
        (base..base + guard_size()).contains(&address)
    }

    /// Takes back the guard but for its lowest page. By a handler of signals: two system calls, of
    /// which the first does it where guards are cheap.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub(super) fn open_reserve(self) {
        const MADV_GUARD_REMOVE: libc::c_int = 103;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let size = guard_size() - page();
        // SAFETY: our own mapping, where nothing is.
        unsafe {
            let above = self.base.as_ptr().add(page()).cast();
            libc::madvise(above, size, MADV_GUARD_REMOVE);
            libc::mprotect(above, size, access);
        }
    }
}

/// The size of a guard, in bytes: a page, and what may be needed to finish something after that page
/// would have been touched.
#[inline]
fn guard_size() -> usize {
    4 * page()
}

/// The size of a page, in bytes.
#[inline]
fn page() -> usize {
    use std::sync::OnceLock;
    static PAGE: OnceLock<usize> = OnceLock::new();
    *PAGE.get_or_init(|| {
        let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        size.ok().flatten().and_then(|size| usize::try_from(size).ok()).unwrap_or(4096)
    })
}

impl Stacks {
    /// A free stack.
    ///
    /// # Errors
    /// If the system has no more addresses or memory.
    #[inline]
    pub fn take(&mut self) -> io::Result<Stack> {
        match self.free.pop() {
            Some(stack) => Ok(stack),
            None => self.make(),
        }
    }

    /// Gives a stack back.
    ///
    /// # Safety
    /// Nothing on it is used any more.
    #[inline]
    pub unsafe fn give_back(&mut self, stack: Stack) {
        if self.free.len() >= WARM {
            // SAFETY: what is on it may become zeros: nobody uses it.
            unsafe { forget(stack) };
        }
        self.free.push(stack);
    }

    /// How many stacks there are, in use and free.
    #[must_use]
    pub fn made(&self) -> usize {
        self.made
    }

    fn make(&mut self) -> io::Result<Stack> {
        let room: usize = self.slabs.iter().map(|slab| slab.stacks).sum();
        if self.made == room {
            self.slabs.push(Slab::new(FIRST << self.slabs.len())?);
        }
        let before = room.min(self.made);
        let slab = self.slabs.last().expect("there is one by now");
        let first = self.slabs.iter().map(|slab| slab.stacks).sum::<usize>() - slab.stacks;
        let place = before - first;
        // SAFETY: within the slab, which has more stacks than that.
        let base = unsafe { slab.base.add(place * SIZE) };
        guard(base, self.made)?;
        let stack = Stack { base, number: self.made };
        self.made += 1;
        Ok(stack)
    }
}

impl Slab {
    fn new(stacks: usize) -> io::Result<Slab> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, wherever the system likes: nobody else's memory changes.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), stacks * SIZE, access, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        // Huge pages would give a stack that needs 4 KiB two megabytes. Where there are none, fine.
        #[cfg(target_os = "linux")]
        // SAFETY: advice on our own mapping.
        unsafe {
            libc::madvise(base.as_ptr().cast(), stacks * SIZE, libc::MADV_NOHUGEPAGE);
        }
        Ok(Slab { base, stacks })
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        // A handle may live longer than this, and what it knows of lies on a stack; and one that has
        // overflowed is never given back. So a mapping goes only with all its stacks.
        self.free.sort_unstable_by_key(|stack| stack.number);
        let (mut first, mut left) = (0, self.made);
        for slab in &self.slabs {
            let end = first + slab.stacks;
            let place = |number| self.free.partition_point(|stack| stack.number < number);
            if place(end) - place(first) == slab.stacks.min(left) {
                // SAFETY: our own mapping; all of its stacks have been given back.
                unsafe { libc::munmap(slab.base.as_ptr().cast(), slab.stacks * SIZE) };
            }
            (first, left) = (end, left.saturating_sub(slab.stacks));
        }
    }
}

/// Makes the lowest pages of a stack its guard, beside so many others.
fn guard(base: NonNull<u8>, others: usize) -> io::Result<()> {
    // Linux 6.13 and later mark it in the page table. mprotect would make a mapping of its own of
    // each, and of those there may be 65,530.
    #[cfg(target_os = "linux")]
    {
        const MADV_GUARD_INSTALL: libc::c_int = 102;
        // SAFETY: pages of our own mapping, which nobody uses.
        let advise = |what| unsafe { libc::madvise(base.as_ptr().cast(), guard_size(), what) };
        if advise(MADV_GUARD_INSTALL) == 0 && takes_advice_seriously(advise) {
            return Ok(());
        }
    }
    if cfg!(target_os = "linux") && others >= DEAR {
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, "too many guarded stacks"));
    }
    // SAFETY: as above.
    let done = unsafe { libc::mprotect(base.as_ptr().cast(), guard_size(), libc::PROT_NONE) };
    Errno::result(done)?;
    Ok(())
}

/// Whether advice that there isn't is refused. QEMU says yes to all, and does nothing.
#[cfg(target_os = "linux")]
fn takes_advice_seriously(advise: impl Fn(libc::c_int) -> libc::c_int) -> bool {
    use std::sync::OnceLock;
    static REFUSES: OnceLock<bool> = OnceLock::new();
    *REFUSES.get_or_init(|| advise(libc::c_int::MAX) != 0)
}

/// Gives the memory of a free stack back to the system, but for the guard.
///
/// # Safety
/// Nothing on it is used any more.
unsafe fn forget(stack: Stack) {
    // SAFETY: our own mapping, and as the caller says.
    unsafe {
        let lowest = stack.base.as_ptr().add(guard_size());
        libc::madvise(lowest.cast(), SIZE - guard_size(), libc::MADV_DONTNEED);
    }
}
