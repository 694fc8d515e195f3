//! Objects that notice when they are freed twice, or used after that, or freed without having been
//! told what others did with them.

use global_lock_demo::count::{Count, Released};
use global_lock_demo::strategy::free_threaded::mailboxes::Mailboxes;
use global_lock_demo::thread::ThreadState;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread::{self, JoinHandle};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// A place in a heap: loom's cell complains of a reader and a writer that nothing puts in order.
#[derive(Default)]
pub struct Object<C> {
    pub count: C,
    contents: UnsafeCell<()>,
    /// How often it was made and freed: not loom's atomics, so that they put nothing in order.
    made: AtomicU32,
    freed: AtomicU32,
    /// The one object that it refers to: freed, it drops that reference.
    inner: Option<usize>,
}

/// So many objects, and the mailboxes that `Biased` needs.
pub struct Heap<C, const N: usize> {
    pub objects: [Object<C>; N],
    mailboxes: Mailboxes<usize>,
}

impl<C: Count, const N: usize> Heap<C, N> {
    pub fn new() -> Heap<C, N> {
        Heap {
            objects: std::array::from_fn(|_| Object::default()),
            mailboxes: Mailboxes::default(),
        }
    }

    /// Object 0 has the one reference to object 1.
    pub fn nested() -> Heap<C, N> {
        let mut heap = Heap::new();
        heap.objects[0].inner = Some(1);
        heap
    }

    /// How often each was freed.
    pub fn freed(&self) -> [u32; N] {
        self.objects.each_ref().map(|object| object.freed.load(SeqCst))
    }
}

/// A thread that is attached to a heap.
pub struct Thread<C, const N: usize> {
    heap: Arc<Heap<C, N>>,
    state: ThreadState,
}

impl<C: Count, const N: usize> Thread<C, N> {
    pub fn attach(heap: &Arc<Heap<C, N>>, id: u32) -> Thread<C, N> {
        let state = ThreadState::new(id);
        heap.mailboxes.open(&state);
        Thread { heap: Arc::clone(heap), state }
    }

    fn object(&self, at: usize) -> &Object<C> {
        &self.heap.objects[at]
    }

    pub fn make(&self, at: usize) {
        self.object(at).contents.with_mut(|_| ());
        self.object(at).made.fetch_add(1, SeqCst);
        self.object(at).count.start(self.state.id);
    }

    pub fn retain(&self, at: usize) {
        self.object(at).count.retain(self.state.id);
    }

    /// Counts an object that it has no reference to, if that can be had.
    pub fn try_retain(&self, at: usize) -> bool {
        self.object(at).count.try_retain(self.state.id)
    }

    /// Looks into an object that it has a reference to. Says how many its place has held so far.
    pub fn look(&self, at: usize) -> u32 {
        self.object(at).contents.with(|_| ());
        let (made, freed) = (self.object(at).made.load(SeqCst), self.object(at).freed.load(SeqCst));
        assert_eq!(made, freed + 1, "used after it was freed");
        made
    }

    /// Whether that has freed the object, here and now.
    pub fn release(&self, at: usize) -> bool {
        match self.object(at).count.release(self.state.id) {
            Released::Queued { owner } => {
                assert_ne!(owner, 0, "queued although it has no owner");
                !self.heap.mailboxes.send(owner, at) && self.merge(at)
            }
            Released::Last => self.free(at),
            Released::Kept => false,
        }
    }

    fn merge(&self, at: usize) -> bool {
        match self.object(at).count.merge(self.state.id) {
            Released::Last => self.free(at),
            Released::Kept => false,
            queued @ Released::Queued { .. } => panic!("{queued:?} although it was merged"),
        }
    }

    fn free(&self, at: usize) -> bool {
        self.object(at).contents.with_mut(|_| ());
        let before = self.object(at).freed.fetch_add(1, SeqCst);
        assert_eq!(before + 1, self.object(at).made.load(SeqCst), "freed twice");
        if let Some(inner) = self.object(at).inner {
            self.release(inner);
        }
        true
    }

    /// Merges what was handed to it, as at a check.
    pub fn check(&self) {
        for at in self.heap.mailboxes.take(&self.state).unwrap_or_default() {
            self.merge(at);
        }
    }

    pub fn detach(self) {
        loop {
            let left = self.heap.mailboxes.close(&self.state);
            if left.is_empty() {
                return;
            }
            for at in left {
                self.merge(at);
            }
        }
    }
}

/// Runs this as a thread of that number, from its attaching to its detaching.
pub fn spawn<C: Count, const N: usize, R>(
    heap: &Arc<Heap<C, N>>,
    id: u32,
    life: impl FnOnce(&Thread<C, N>) -> R + 'static,
) -> JoinHandle<()> {
    let heap = Arc::clone(heap);
    thread::spawn(move || {
        let me = Thread::attach(&heap, id);
        life(&me);
        me.detach();
    })
}
