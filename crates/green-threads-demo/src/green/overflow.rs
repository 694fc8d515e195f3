//! A green thread that needs a larger stack than it has.
//!
//! It touches its guard, and the operating system sends the thread of the operating system SIGSEGV.
//! The handler runs on a stack of its own (there is none left on the other), finds whose guard it
//! was, and has the processor go on somewhere else: with whoever runs next. What the green thread
//! had on its stack is not unwound, since it can have been anywhere, and so is never dropped.

#[cfg(target_os = "linux")]
pub(super) use linux::install;

/// Elsewhere an overflow ends the program, as that of any thread.
#[cfg(not(target_os = "linux"))]
pub(super) fn install() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::Cell;
    use std::io::Write;
    use std::mem::MaybeUninit;
    use std::panic::Location;
    use std::ptr;
    use std::sync::Once;
    use std::sync::atomic::{AtomicPtr, Ordering};

    use nix::libc;

    use crate::green::scheduler;
    use crate::green::stack::SIZE;

    /// How large the stack is on which the scheduler goes on after an overflow.
    const SPARE: usize = 64 * 1024;

    #[repr(align(16))]
    struct Spare(#[expect(dead_code, reason = "it is a place to run on")] MaybeUninit<[u8; SPARE]>);

    /// What the kernel did before with this signal.
    static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

    thread_local! {
        /// Where to go on after an overflow; there once green threads have run here.
        static SPARE_TOP: Cell<usize> = const { Cell::new(0) };
        static OVERFLOWED: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
    }

    /// From now on an overflow is found, on this thread of the operating system too.
    pub(in super::super) fn install() {
        if SPARE_TOP.get() == 0 {
            // One for each thread of the operating system that ever ran green ones, for good: an
            // overflow may come as late as it likes.
            let spare = Box::leak(Box::new(Spare(MaybeUninit::uninit())));
            SPARE_TOP.set(ptr::from_mut(spare) as usize + SPARE);
        }
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
        });
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
            unsafe { ((*info).si_addr() as usize, context.cast::<libc::ucontext_t>()) };
        let top = SPARE_TOP.get();
        let whose = if top == 0 { None } else { scheduler::overflowed(address) };
        if let Some(spawned) = whose {
            OVERFLOWED.set(Some(spawned));
            // SAFETY: when the handler returns, the processor goes on as this says: at the beginning
            // of a function that never returns, on a stack that is used for nothing else.
            unsafe { go_on_at(context, go_on as *const () as usize, top) };
            return;
        }
        // Not ours. As it was before, and once more.
        let before = BEFORE.load(Ordering::Acquire);
        if !before.is_null() {
            // SAFETY: the kernel wrote it.
            unsafe { libc::sigaction(libc::SIGSEGV, before, ptr::null_mut()) };
        }
    }

    #[cfg(target_arch = "x86_64")]
    unsafe fn go_on_at(context: *mut libc::ucontext_t, function: usize, top: usize) {
        // SAFETY: as the caller says. As if it had been called: a return address lies on the stack.
        unsafe {
            let registers = &mut (*context).uc_mcontext.gregs;
            registers[libc::REG_RIP as usize] = function as i64;
            registers[libc::REG_RSP as usize] = (top - 8) as i64;
            registers[libc::REG_RBP as usize] = 0;
        }
    }

    #[cfg(target_arch = "aarch64")]
    unsafe fn go_on_at(context: *mut libc::ucontext_t, function: usize, top: usize) {
        // SAFETY: as the caller says.
        unsafe {
            let registers = &mut (*context).uc_mcontext;
            registers.pc = function as u64;
            registers.sp = top as u64;
            registers.regs[29] = 0;
            registers.regs[30] = 0;
        }
    }

    /// The next thing after an overflow.
    extern "C" fn go_on() -> ! {
        if let Some(at) = OVERFLOWED.take() {
            let (file, line, stack) = (at.file(), at.line(), SIZE / 1024);
            // Nobody reads it? Then nobody need be told.
            let _ = writeln!(
                std::io::stderr(),
                "the green thread spawned at {file}:{line} has overflowed its stack of {stack} KiB"
            );
        }
        scheduler::abandon()
    }
}
