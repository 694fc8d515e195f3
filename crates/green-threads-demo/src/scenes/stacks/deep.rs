//! A recursion that takes room on the stack, and the register that says how much.

use std::arch::asm;
use std::hint::black_box;

/// Calls itself so often, with half a kilobyte of locals each time. Where the stack pointer was when
/// it was deepest.
#[inline(never)]
pub(super) fn deep(calls: usize) -> usize {
    let frame = black_box([calls as u8; 512]);
    let deepest = if calls == 0 { stack_pointer() } else { deep(calls - 1) };
    black_box(&frame);
    deepest
}

/// The stack pointer of whoever asks.
#[inline(always)]
pub(super) fn stack_pointer() -> usize {
    let sp: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it copies a register.
    unsafe {
        asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: it copies a register.
    unsafe {
        asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    sp
}
