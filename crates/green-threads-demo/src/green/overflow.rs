//! A green thread that needs a larger stack than it has.
//!
//! It touches its guard, and the operating system sends the thread of the operating system SIGSEGV.
//! The handler runs on a stack of its own (there is none left on the other), finds whose guard it
//! was, and has the processor go on somewhere else: with whoever runs next. What the green thread
//! had on its stack is not unwound, since it can have been anywhere, and so is never dropped; and what
//! it was in the midst of stays half done. The scheduler takes care that this is nothing of its own.
//! But a lock stays locked.
//!
//! The stack is retired: neither used again nor given back, not even its memory. What lies there has
//! not been dropped, so others may rightly hold references to it: a thread of the operating system
//! that `std::thread::scope` has lent it to runs on. An overflow costs the whole stack, for good.
//!
//! Not everything can be left half done: what the C library is in the midst of may hold the lock of
//! `malloc`, so it is let finish (see `overflow/finish.rs`). That can't be done everywhere. On aarch64 a
//! program can't have itself stopped after every instruction. And where the C library is linked into
//! the program, as musl is, its code can't be told from the program's own. There an overflow in the
//! midst of `malloc` leaves the heap half changed, and its lock held if there is more than one thread:
//! whoever allocates next may wait for ever.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod finish;

#[cfg(target_os = "linux")]
pub(super) use linux::install;

/// Elsewhere an overflow ends the program, as that of any thread.
#[cfg(not(target_os = "linux"))]
pub(super) fn install(_spare: super::stack::Stack) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::Cell;
    use std::io::Write;
    use std::panic::Location;
    use std::sync::Once;
    use std::sync::atomic::{AtomicPtr, Ordering};
    use std::{process, ptr, thread};

    use nix::libc;

    use crate::green::here;
    use crate::green::stack::{SIZE, Stack};

    /// What the kernel did before with this signal.
    static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

    thread_local! {
        /// Where to go on after an overflow; there once green threads have run here.
        static SPARE_TOP: Cell<usize> = const { Cell::new(0) };
        static OVERFLOWED: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
    }

    /// From now on an overflow is found, on this thread of the operating system too. This stack,
    /// which nobody else uses, is there for as long as there may be one.
    pub(in super::super) fn install(spare: Stack) {
        SPARE_TOP.set(spare.top() as usize);
        signal_stack();
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // SAFETY: all-zero is a valid `sigaction`; the handler is one that the kernel may call
            // at any time: see there.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = on_fault as *const () as usize;
                // On the signal stack, which the standard library gives to all its threads.
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                let before = Box::leak(Box::new(std::mem::zeroed()));
                libc::sigaction(libc::SIGSEGV, &raw const action, before);
                BEFORE.store(before, Ordering::Release);
            }
            #[cfg(target_arch = "x86_64")]
            super::finish::install();
        });
    }

    /// Sees to it that there is a stack for the handler: the standard library gives one to its own
    /// threads, but not to those that another language has made.
    fn signal_stack() {
        const ENOUGH: usize = 64 * 1024;
        // SAFETY: all-zero is a valid `stack_t`; the new stack is there for good, as a thread that
        // uses green ones may be.
        unsafe {
            let mut stack: libc::stack_t = std::mem::zeroed();
            libc::sigaltstack(ptr::null(), &raw mut stack);
            if stack.ss_flags & libc::SS_DISABLE != 0 {
                stack.ss_sp = Box::leak(vec![0_u8; ENOUGH].into_boxed_slice()).as_mut_ptr().cast();
                stack.ss_size = ENOUGH;
                stack.ss_flags = 0;
                libc::sigaltstack(&raw const stack, ptr::null_mut());
            }
        }
    }

    /// # Safety
    /// The kernel calls it. It touches nothing but this thread's own cells, which no other code is
    /// in the midst of: the fault came from the code of a green thread, or from one that ends the
    /// program.
    unsafe extern "C" fn on_fault(
        _signal: libc::c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::c_void,
    ) {
        // SAFETY: the kernel gives both.
        let (address, context) =
            unsafe { ((*info).si_addr() as usize, &mut *context.cast::<libc::ucontext_t>()) };
        let top = SPARE_TOP.get();
        let whose = if top == 0 { None } else { here::overflowed(address) };
        if let Some(spawned) = whose {
            OVERFLOWED.set(Some(spawned));
            #[cfg(target_arch = "x86_64")]
            if super::finish::must_finish(context) {
                here::open_reserve();
                return;
            }
            return go_on_elsewhere(context);
        }
        // Not ours. As it was before, and once more.
        let before = BEFORE.load(Ordering::Acquire);
        if !before.is_null() {
            // SAFETY: the kernel wrote it.
            unsafe { libc::sigaction(libc::SIGSEGV, before, ptr::null_mut()) };
        }
    }

    /// When the handler returns, it goes on with the next thread.
    pub(super) fn go_on_elsewhere(context: &mut libc::ucontext_t) {
        // At the beginning of a function that never returns, on a stack for nothing else.
        go_on_at(context, go_on as *const () as usize, SPARE_TOP.get());
    }

    #[cfg(target_arch = "x86_64")]
    fn go_on_at(context: &mut libc::ucontext_t, function: usize, top: usize) {
        let registers = &mut context.uc_mcontext.gregs;
        registers[libc::REG_RIP as usize] = function as i64;
        // As if it had been called: a return address lies on the stack.
        registers[libc::REG_RSP as usize] = (top - 8) as i64;
        registers[libc::REG_RBP as usize] = 0;
        // Whatever it was copying, backwards: a function begins with the direction forwards.
        registers[libc::REG_EFL as usize] &= !(1 << 10);
    }

    #[cfg(target_arch = "aarch64")]
    fn go_on_at(context: &mut libc::ucontext_t, function: usize, top: usize) {
        let registers = &mut context.uc_mcontext;
        registers.pc = function as u64;
        registers.sp = top as u64;
        registers.regs[29] = 0;
        registers.regs[30] = 0;
    }

    /// The next thing after an overflow.
    extern "C" fn go_on() -> ! {
        if let Some(at) = OVERFLOWED.take() {
            let (file, line, stack) = (at.file(), at.line(), SIZE / 1024);
            tell(format_args!(
                "the green thread spawned at {file}:{line} has overflowed its stack of {stack} KiB"
            ));
        }
        if thread::panicking() {
            // Rust counts for the thread of the operating system that it panics, and this never
            // ends: the others would be taken to panic too.
            tell(format_args!("it did so while it panicked: that can't be, and this ends here"));
            process::abort();
        }
        here::abandon()
    }

    /// Not by `eprintln`, and without allocating: the overflow may have come in the midst of either.
    fn tell(what: std::fmt::Arguments) {
        let mut line = [0; 512];
        let mut rest = &mut line[..];
        // Too long? Then it ends early. Nobody reads it? Then nobody need be told.
        let _ = writeln!(rest, "{what}");
        let length = 512 - rest.len();
        // SAFETY: so many bytes lie there.
        unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), length) };
    }
}
