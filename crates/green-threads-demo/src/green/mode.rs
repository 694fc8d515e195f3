//! The floating-point mode: how numbers are rounded, whether the tiniest become zero, which errors
//! trap.
//!
//! By both ABIs a function leaves it as it found it, unless to change it is what the function is for
//! (C's `fesetround`). So a wait must too: it is kept for each green thread. It isn't part of the
//! switch because of what that costs. On an AMD EPYC to read it takes 5 ns, twice as long as all of
//! the switch, there and back; while to load it where it is the same already takes one. Rust itself
//! takes the mode for given and never changes it; so corosensei doesn't keep it at all.

use std::arch::asm;

/// A floating-point mode.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Mode {
    /// MXCSR, of the vector unit, without its lowest six bits: these are not the mode but what has
    /// happened, and nobody's in particular.
    vector: u32,
    /// The control word of the x87 unit.
    x87: u16,
}

/// A floating-point mode: FPCR.
#[cfg(target_arch = "aarch64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Mode(u64);

impl Mode {
    /// The mode that this thread of the operating system is in.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    #[must_use]
    pub fn now() -> Mode {
        let mut mode = Mode { vector: 0, x87: 0 };
        // SAFETY: each instruction writes one of the two fields.
        unsafe {
            asm!(
                "stmxcsr [{vector}]",
                "fnstcw [{x87}]",
                vector = in(reg) &raw mut mode.vector,
                x87 = in(reg) &raw mut mode.x87,
                options(nostack, preserves_flags),
            );
        }
        mode.vector &= !0x3f;
        mode
    }

    /// As on x86-64.
    #[cfg(target_arch = "aarch64")]
    #[inline(always)]
    #[must_use]
    pub fn now() -> Mode {
        let mode;
        // SAFETY: to read it changes nothing.
        unsafe { asm!("mrs {}, fpcr", out(reg) mode, options(nomem, nostack, preserves_flags)) };
        Mode(mode)
    }

    /// Enters this mode, if the one that this thread of the operating system is in is another.
    ///
    /// # Safety
    /// `now` is the one that it is in; and as for [`Mode::load`].
    #[inline(always)]
    pub unsafe fn enter(self, now: Mode) {
        if self != now {
            // SAFETY: as the caller says.
            unsafe { self.load() };
        }
    }

    /// Enters this mode.
    ///
    /// # Safety
    /// Whose code runs next has been in it before.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub unsafe fn load(self) {
        // SAFETY: each instruction reads one of the two fields, which hold what was read before.
        unsafe {
            asm!(
                "ldmxcsr [{vector}]",
                "fldcw [{x87}]",
                vector = in(reg) &raw const self.vector,
                x87 = in(reg) &raw const self.x87,
                options(nostack, readonly, preserves_flags),
            );
        }
    }

    /// As on x86-64.
    ///
    /// # Safety
    /// As there.
    #[cfg(target_arch = "aarch64")]
    #[inline(always)]
    pub unsafe fn load(self) {
        // SAFETY: it was read before, so it is a valid one.
        unsafe { asm!("msr fpcr, {}", in(reg) self.0, options(nomem, nostack, preserves_flags)) };
    }
}
