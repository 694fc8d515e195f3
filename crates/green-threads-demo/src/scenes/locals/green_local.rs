//! A variable that each green thread has for itself: a map by green thread.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::green;

/// One value for each green thread that has set one.
#[derive(Debug)]
pub struct GreenLocal<T> {
    values: RefCell<HashMap<usize, T>>,
}

impl<T> Default for GreenLocal<T> {
    fn default() -> GreenLocal<T> {
        GreenLocal { values: RefCell::default() }
    }
}

impl<T: Clone> GreenLocal<T> {
    /// Has this value in this green thread, for as long as `body` runs. It may wait.
    ///
    /// # Panics
    /// Outside of [`run`](green::run).
    pub fn with_value<R>(&self, value: T, body: impl FnOnce() -> R) -> R {
        let number = green::number();
        let before = self.values.borrow_mut().insert(number, value);
        // A number is used again by another: so the value goes also when this one unwinds.
        let _restore = Restore { values: &self.values, number, before };
        body()
    }

    /// The value that this green thread has.
    ///
    /// # Panics
    /// Outside of [`run`](green::run).
    pub fn get(&self) -> Option<T> {
        self.values.borrow().get(&green::number()).cloned()
    }
}

struct Restore<'a, T> {
    values: &'a RefCell<HashMap<usize, T>>,
    number: usize,
    before: Option<T>,
}

impl<T> Drop for Restore<'_, T> {
    fn drop(&mut self) {
        let mut values = self.values.borrow_mut();
        match self.before.take() {
            Some(before) => values.insert(self.number, before),
            None => values.remove(&self.number),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn each_has_its_own_and_leaves_nothing_behind() {
        let local = Rc::new(GreenLocal::default());
        let within = Rc::clone(&local);
        green::run(move || {
            let start = |i: u32| {
                let local = Rc::clone(&within);
                green::spawn(move || {
                    local.with_value(i, || {
                        green::yield_now();
                        assert_eq!(local.get(), Some(i));
                        local.with_value(i + 100, || {
                            green::yield_now();
                            assert_eq!(local.get(), Some(i + 100));
                        });
                        assert_eq!(local.get(), Some(i));
                        assert!(i != 3, "one unwinds");
                    });
                    assert_eq!(local.get(), None);
                })
            };
            let threads: Vec<_> = (0..10).map(start).collect();
            let failed = threads.into_iter().map(|t| t.join().is_err()).filter(|f| *f).count();
            assert_eq!(failed, 1);
        })
        .expect("green threads");
        assert!(local.values.borrow().is_empty());
    }
}
