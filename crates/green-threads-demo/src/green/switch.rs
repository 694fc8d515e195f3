//! The switch: from one stack to another.
//!
//! A function that is called must leave some registers as it found them (the *callee-saved* ones) and
//! may do with the others as it likes; so whoever calls has put away what it needs of those. A switch
//! is such a call, which returns when somebody switches back. All that it has to keep is the
//! callee-saved registers, and where to go on: on the stack. And then where that is: the stack
//! pointer, the only thing that is kept elsewhere. (One callee-saved thing is dear to read, and hardly
//! anybody ever changes it, so it has a place of its own: see `mode.rs`.)
//!
//! ```text
//!       stack of A                        stack of B
//!   ┌────────────────┐                ┌────────────────┐
//!   │ A's functions  │                │ B's functions  │
//!   │ …              │                │ …              │
//!   │ rbp rbx …      │ ◀─┐        ┌─▶ │ rbp rbx …      │
//!   │ where to go on │   │        │   │ where to go on │
//!   └────────────────┘   │        │   └────────────────┘
//!                      saved    loaded
//!                        │        │
//!                        └─ rsp ◀─┘
//! ```
//!
//! One file a kind of processor.

#[cfg(target_arch = "aarch64")]
#[path = "switch/aarch64.rs"]
mod processor;
#[cfg(target_arch = "x86_64")]
#[path = "switch/x86_64.rs"]
mod processor;

pub use processor::{Context, KEPT, prepare, switch};
