//! An allocator that keeps count of what is in use.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counted.
pub struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// How many bytes are in use.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

// SAFETY: whatever is asked of it, the system's allocator does and answers for; to add up sizes
// beside that allocates nothing and doesn't panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        let memory = unsafe { System.alloc(layout) };
        LIVE.fetch_add(taken(memory, layout), Ordering::Relaxed);
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(taken(memory, layout), Ordering::Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// As much as it really takes: malloc rounds up, and notes the size before each piece.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn taken(memory: *mut u8, _: Layout) -> usize {
    if memory.is_null() {
        return 0;
    }
    // SAFETY: it came from malloc, and has not been freed.
    let usable = unsafe { nix::libc::malloc_usable_size(memory.cast()) };
    usable + size_of::<usize>()
}

/// As much as was asked for: what the allocator adds is not known here.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn taken(memory: *mut u8, layout: Layout) -> usize {
    if memory.is_null() { 0 } else { layout.size() }
}
