//! x86-64, System V ABI: Linux and macOS.
//!
//! Callee-saved are rbx, rbp, r12 to r15, rsp, and the floating-point mode, of which `mode.rs` takes
//! care. The switch is inlined and tells the compiler that r12 to r15 are overwritten, which then saves
//! those of them that are in use just then, often none. rbx and rbp it keeps for itself, so these
//! are pushed by hand.

use std::arch::{asm, naked_asm};

/// Where a green thread stands still: a stack pointer. Beneath it lie, from there upwards: where to
/// go on, rbx, rbp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Context(*mut u64);

impl Context {
    /// Of a thread that runs.
    pub const NOWHERE: Context = Context(std::ptr::null_mut());

    /// The stack pointer. Where it points lie the [`KEPT`] words of a thread that stands still.
    #[must_use]
    pub fn stack_pointer(self) -> *const u64 {
        self.0
    }
}

/// The words that lie where a thread stands still, from its stack pointer upwards.
pub const KEPT: [&str; 3] = ["where to go on", "rbx", "rbp"];

/// Keeps in `from` where the caller stands, and goes on where `to` stands. Returns when somebody
/// switches to what was kept.
///
/// # Safety
/// `to` was kept by a switch or made by [`prepare`], and nobody has switched to it since; its stack
/// is still there. `from` can be written. On this OS thread, if what runs there cares.
#[inline(always)]
pub unsafe fn switch(from: *mut Context, to: Context) {
    // SAFETY: every register that may change is named here or pushed and popped; the stack that it
    // returns to is the one that it left.
    unsafe {
        // [listing
        asm!(
            "push rbp",
            "push rbx",
            "lea rax, [rip + 2f]",
            "push rax",
            "mov [rdi], rsp",
            "mov rsp, rsi",
            "pop rax",
            // Not `ret`: the processor would expect it to return to where it was
            // called.
            "jmp rax",
            "2:",
            "pop rbx",
            "pop rbp",
            inout("rdi") from => _,
            inout("rsi") to.0 => _,
            out("r12") _, out("r13") _, out("r14") _, out("r15") _,
            clobber_abi("sysv64"),
        );
        // listing]
    }
}

/// Where a new green thread stands: at the beginning of `start`, which is called with `argument`, on
/// the stack that ends at `top`.
///
/// # Safety
/// `top` is aligned to 16 bytes, and below it there is a stack.
pub unsafe fn prepare(
    top: *mut u8,
    start: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> Context {
    let top = top.cast::<u64>();
    // SAFETY: these lie on the stack. `begin` takes them all, and then calls with a stack pointer
    // that is a multiple of 16, as the ABI asks.
    unsafe {
        let sp = top.sub(3);
        sp.write(begin as *const () as u64);
        sp.add(1).write(argument as u64);
        sp.add(2).write(start as *const () as u64);
        Context(sp)
    }
}

/// The first function on a new stack. Nobody has called it, so it has nowhere to return to: an
/// unwinder that comes here, or a backtrace, has seen all.
#[unsafe(naked)]
unsafe extern "C" fn begin() {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_undefined rip",
        "pop rdi",
        "pop rax",
        "xor ebp, ebp",
        "call rax",
        "ud2",
        ".cfi_endproc",
    )
}
