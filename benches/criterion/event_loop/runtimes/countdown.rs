//! Who is the last of many tasks? It gets what was left for it: the promise that all are done.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// Among tasks that stay on one thread.
pub struct Local<P>(Rc<(Cell<u32>, Cell<Option<P>>)>);

/// Among tasks that a runtime may move to other threads, or which it at least wants to be able to.
pub struct Shared<P>(Arc<(AtomicU32, Mutex<Option<P>>)>);

impl<P> Local<P> {
    /// So many tasks.
    pub fn new(tasks: u32, left: P) -> Local<P> {
        Local(Rc::new((Cell::new(tasks), Cell::new(Some(left)))))
    }

    /// One is done. If it is the last: what was left for it.
    pub fn done(&self) -> Option<P> {
        let (tasks, left) = &*self.0;
        tasks.set(tasks.get() - 1);
        if tasks.get() == 0 { left.take() } else { None }
    }
}

impl<P> Shared<P> {
    /// So many tasks.
    pub fn new(tasks: u32, left: P) -> Shared<P> {
        Shared(Arc::new((AtomicU32::new(tasks), Mutex::new(Some(left)))))
    }

    /// One is done. If it is the last: what was left for it.
    pub fn done(&self) -> Option<P> {
        let (tasks, left) = &*self.0;
        let last = tasks.fetch_sub(1, Ordering::AcqRel) == 1;
        if last { left.lock().expect("nobody panics").take() } else { None }
    }
}

impl<P> Clone for Local<P> {
    fn clone(&self) -> Local<P> {
        Local(Rc::clone(&self.0))
    }
}

impl<P> Clone for Shared<P> {
    fn clone(&self) -> Shared<P> {
        Shared(Arc::clone(&self.0))
    }
}
