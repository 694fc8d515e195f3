//! The memory of tasks that have ended, for those that come. Tasks come and go all the time, in a few
//! sizes and on one thread: so a list a size does what the general allocator, which must be ready for
//! everything, needs more than a hundred instructions for.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::ptr::NonNull;

/// The sizes are multiples of this,
const STEP: usize = 32;
/// less what the general allocator commonly writes before each piece.
const LESS: usize = size_of::<usize>();
/// How many sizes there are; what is larger is not kept.
const SIZES: usize = 16;
/// How many pieces of each size are kept at most.
const KEPT: usize = 1024;
/// All pieces are aligned to this; what needs more is not kept.
const ALIGN: usize = 16;

struct Spare([Vec<NonNull<u8>>; SIZES]);

thread_local! {
    static SPARE: RefCell<Spare> = const { RefCell::new(Spare([const { Vec::new() }; SIZES])) };
}

/// Which list this is kept in, if any.
const fn list(layout: Layout) -> Option<usize> {
    let list = (layout.size() + LESS - 1) / STEP;
    if list < SIZES && layout.align() <= ALIGN { Some(list) } else { None }
}

/// What is asked of the general allocator for this.
fn whole(layout: Layout) -> Layout {
    match list(layout) {
        Some(list) => Layout::from_size_align((list + 1) * STEP - LESS, ALIGN).unwrap_or(layout),
        None => layout,
    }
}

/// Memory of this layout, with anything in it. Layouts of no size are not for this.
#[inline]
pub(super) fn take(layout: Layout) -> NonNull<u8> {
    let kept = list(layout)
        .and_then(|list| SPARE.try_with(|spare| spare.borrow_mut().0[list].pop()).ok().flatten());
    kept.unwrap_or_else(|| fresh(layout))
}

#[cold]
fn fresh(layout: Layout) -> NonNull<u8> {
    assert!(layout.size() > 0);
    // SAFETY: its size is not zero.
    let memory = unsafe { alloc(whole(layout)) };
    NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout))
}

/// Gives memory back.
///
/// # Safety
/// It came from [`take`] with the same layout, and nobody uses it any more.
#[inline]
pub(super) unsafe fn give_back(memory: NonNull<u8>, layout: Layout) {
    let kept = list(layout).is_some_and(|list| {
        let keep = |spare: &RefCell<Spare>| {
            let list = &mut spare.borrow_mut().0[list];
            let room = list.len() < KEPT;
            if room {
                list.push(memory);
            }
            room
        };
        SPARE.try_with(keep).unwrap_or(false)
    });
    if !kept {
        // SAFETY: so it was allocated, by `fresh`: pieces in one list are all of one size.
        unsafe { dealloc(memory.as_ptr(), whole(layout)) };
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        for (list, pieces) in self.0.iter().enumerate() {
            let Ok(layout) = Layout::from_size_align((list + 1) * STEP - LESS, ALIGN) else {
                continue;
            };
            for piece in pieces {
                // SAFETY: all pieces in this list were allocated so, by `fresh`, and none is used.
                unsafe { dealloc(piece.as_ptr(), layout) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_taken_again_by_what_fits_into_it() {
        let [a, b, large] = [60, 88, 4096].map(|size| Layout::from_size_align(size, 8).unwrap());
        let first = take(a);
        // SAFETY: taken with the same layout, and used by nobody.
        unsafe { give_back(first, a) };
        let second = take(b);
        assert_eq!(first, second);
        let other = take(large);
        // SAFETY: as above.
        unsafe {
            give_back(second, b);
            give_back(other, large);
        }
    }
}
