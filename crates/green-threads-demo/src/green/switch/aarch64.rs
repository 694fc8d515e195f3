//! aarch64, AAPCS64: Linux and macOS.
//!
//! Callee-saved are x19 to x29, sp, d8 to d15, and the floating-point mode, of which `mode.rs` takes
//! care; x30 is where to return to, and x18 is the system's. The switch is inlined and tells the compiler that x20 to x28 and d8
//! to d15 are overwritten, which then saves those of them that are in use. x19 and x29 it keeps
//! for itself, so these are stored by hand.

use std::arch::{asm, naked_asm};

/// Where a green thread stands still: a stack pointer. Beneath it lie, from there upwards: x19, x29,
/// where to go on, and nothing: the stack pointer must be a multiple of 16.
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
pub const KEPT: [&str; 4] = ["x19", "x29", "where to go on", "(nothing)"];

/// Keeps in `from` where the caller stands, and goes on where `to` stands. Returns when somebody
/// switches to what was kept.
///
/// # Safety
/// `to` was kept by a switch or made by [`prepare`], and nobody has switched to it since; its stack
/// is still there. `from` can be written. On this OS thread, if what runs there cares.
#[inline(always)]
pub unsafe fn switch(from: *mut Context, to: Context) {
    // SAFETY: every register that may change is named here or stored and loaded; the stack that it
    // returns to is the one that it left.
    unsafe {
        // [listing
        asm!(
            "stp x19, x29, [sp, #-32]!",
            "adr x10, 2f",
            "str x10, [sp, #16]",
            "mov x10, sp",
            "str x10, [x0]",
            "mov sp, x1",
            "ldr x10, [sp, #16]",
            "br x10",
            "2:",
            "ldp x19, x29, [sp], #32",
            inout("x0") from => _,
            inout("x1") to.0 => _,
            out("x20") _, out("x21") _, out("x22") _, out("x23") _, out("x24") _,
            out("x25") _, out("x26") _, out("x27") _, out("x28") _, out("lr") _,
            out("v8") _, out("v9") _, out("v10") _, out("v11") _,
            out("v12") _, out("v13") _, out("v14") _, out("v15") _,
            clobber_abi("C"),
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
    // SAFETY: these lie on the stack.
    unsafe {
        let sp = top.sub(4);
        sp.write(argument as u64);
        sp.add(1).write(start as *const () as u64);
        sp.add(2).write(begin as *const () as u64);
        Context(sp)
    }
}

/// The first function on a new stack. Nobody has called it, so it has nowhere to return to: an
/// unwinder that comes here, or a backtrace, has seen all.
#[unsafe(naked)]
unsafe extern "C" fn begin() {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_undefined x30",
        "ldp x0, x9, [sp], #32",
        "mov x29, #0",
        "mov x30, #0",
        "blr x9",
        "brk #1",
        ".cfi_endproc",
    )
}
