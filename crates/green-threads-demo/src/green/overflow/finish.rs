//! An overflow in the midst of the C library, which may hold a lock just then: `malloc`'s, mostly.
//!
//! Whoever allocates next would wait for it for ever. So the C library is let finish, on the reserve
//! that lies below the guard: one instruction at a time (the processor has a flag for that, and sends
//! SIGTRAP after each), until it returns to code of our own.

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use nix::libc;

/// What the kernel did before with SIGTRAP.
static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

/// From where to where the program's own instructions lie.
static OWN: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// The bit of the flags that asks for a signal after every instruction.
const STEP: i64 = 1 << 8;

/// So many at most, which take a tenth of a second: whoever needs more clears or copies something
/// large, and holds no lock.
const STEPS: u32 = 20_000;

thread_local! {
    /// How many steps there may still be; none if nobody finishes anything.
    static LEFT: Cell<u32> = const { Cell::new(0) };
}

/// Once, before the first overflow.
pub(super) fn install() {
    // SAFETY: the function is one that is called so; it reads what it is given.
    unsafe { libc::dl_iterate_phdr(Some(find_own), ptr::null_mut()) };
    // SAFETY: all-zero is a valid `sigaction`; the handler touches nothing but cells of its own.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_step as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        let before = Box::leak(Box::new(std::mem::zeroed()));
        libc::sigaction(libc::SIGTRAP, &raw const action, before);
        BEFORE.store(before, Ordering::Release);
    }
}

/// Of all that is loaded, the part that this function is in.
unsafe extern "C" fn find_own(
    info: *mut libc::dl_phdr_info,
    _size: libc::size_t,
    _: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: what is given is there, and it says how many headers there are.
    let (base, headers) = unsafe {
        let info = &*info;
        let headers = std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
        (info.dlpi_addr as usize, headers)
    };
    let here = find_own as *const () as usize;
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD) {
        let begin = base + header.p_vaddr as usize;
        let end = begin + header.p_memsz as usize;
        if (begin..end).contains(&here) {
            OWN[0].store(begin, Ordering::Release);
            OWN[1].store(end, Ordering::Release);
            return 1;
        }
    }
    0
}

/// Whether it is in code that must finish. If so, it goes on with that when the handler returns.
pub(super) fn must_finish(context: &mut libc::ucontext_t) -> bool {
    // Not twice: the reserve is used up too.
    if LEFT.replace(0) > 0 || is_own(context) {
        context.uc_mcontext.gregs[libc::REG_EFL as usize] &= !STEP;
        return false;
    }
    LEFT.set(STEPS);
    context.uc_mcontext.gregs[libc::REG_EFL as usize] |= STEP;
    true
}

fn is_own(context: &libc::ucontext_t) -> bool {
    let [begin, end] = [&OWN[0], &OWN[1]].map(|limit| limit.load(Ordering::Acquire));
    let at = context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
    end == 0 || (begin..end).contains(&at)
}

/// # Safety
/// The kernel calls it.
unsafe extern "C" fn on_step(
    _signal: libc::c_int,
    _info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    // SAFETY: the kernel gives it.
    let context = unsafe { &mut *context.cast::<libc::ucontext_t>() };
    let left = LEFT.get();
    if left > 0 {
        LEFT.set(left - 1);
        if left == 1 || is_own(context) {
            LEFT.set(0);
            context.uc_mcontext.gregs[libc::REG_EFL as usize] &= !STEP;
            super::linux::go_on_elsewhere(context);
        }
        return;
    }
    // Not ours: a trap that somebody set. As it was before, and once more.
    let before = BEFORE.load(Ordering::Acquire);
    if !before.is_null() {
        // SAFETY: the kernel wrote it.
        unsafe { libc::sigaction(libc::SIGTRAP, before, ptr::null_mut()) };
        // SAFETY: it is sent when the handler has returned.
        unsafe { libc::raise(libc::SIGTRAP) };
    }
}
