//! What these tests are written with.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use event_loop_demo::runtime::net::{TcpListener, TcpStream};
use event_loop_demo::runtime::timers::Sleep;
use event_loop_demo::runtime::{Runtime, join, sleep};

/// After how long something will never come.
pub const NEVER: Duration = Duration::from_secs(60);

/// An hour: whoever sleeps so long is not waited for.
pub const LONG: Duration = Duration::from_secs(3600);

/// Runs this on a thread of its own, which may hang: then the test fails instead.
pub fn within<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, ended) = channel();
    let thread = thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(run));
        let _ = done.send(());
        result
    });
    if ended.recv_timeout(NEVER) == Err(RecvTimeoutError::Timeout) {
        panic!("it hangs");
    }
    match thread.join() {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) | Err(panic) => resume_unwind(panic),
    }
}

/// Runs this in a runtime of its own; it can look at the runtime's counts.
pub fn play<T: Send + 'static>(program: impl AsyncFnOnce(&Runtime) -> T + Send + 'static) -> T {
    within(move || {
        let runtime = Runtime::new().unwrap();
        runtime.block_on(program(&runtime))
    })
}

/// What a panic said.
pub fn said(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().map_or_else(String::new, ToString::to_string),
    }
}

/// A list of what happened, on one thread.
#[derive(Debug)]
pub struct Log<T>(Rc<RefCell<Vec<T>>>);

impl<T> Clone for Log<T> {
    fn clone(&self) -> Log<T> {
        Log(Rc::clone(&self.0))
    }
}

impl<T> Default for Log<T> {
    fn default() -> Log<T> {
        Log(Rc::default())
    }
}

impl<T> Log<T> {
    pub fn note(&self, what: T) {
        self.0.borrow_mut().push(what);
    }

    pub fn take(&self) -> Vec<T> {
        self.0.take()
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// Notes that it was dropped.
pub struct Dropped<T: Clone>(pub T, pub Log<T>);

impl<T: Clone> Drop for Dropped<T> {
    fn drop(&mut self) {
        self.1.note(self.0.clone());
    }
}

/// Does something when it is dropped.
pub struct WhenDropped<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for WhenDropped<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A future whose polls are counted.
pub struct Polled<F> {
    future: Pin<Box<F>>,
    polls: Rc<Cell<u64>>,
}

/// The future, and how often it has been polled.
pub fn polled<F: Future>(future: F) -> (Polled<F>, Rc<Cell<u64>>) {
    let polls = Rc::new(Cell::new(0));
    (Polled { future: Box::pin(future), polls: Rc::clone(&polls) }, polls)
}

impl<F: Future> Future for Polled<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.polls.set(self.polls.get() + 1);
        self.future.as_mut().poll(cx)
    }
}

/// A waker of none of our runtimes, which counts.
#[derive(Default)]
pub struct Alien(AtomicUsize);

impl Alien {
    pub fn new() -> (Arc<Alien>, Waker) {
        let alien = Arc::<Alien>::default();
        (Arc::clone(&alien), Waker::from(alien))
    }

    /// How often it was woken.
    pub fn woken(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Alien {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker that does this, on whichever thread it is woken.
pub fn waker_that(wake: impl FnMut() + Send + 'static) -> Waker {
    struct Does<F>(Mutex<F>);
    impl<F: FnMut() + Send> Wake for Does<F> {
        fn wake(self: Arc<Self>) {
            (self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))();
        }
    }
    Waker::from(Arc::new(Does(Mutex::new(wake))))
}

pub fn poll_once<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// A sleep for so long, at which this waker waits. On a busy machine its time may have come before it
/// is asked: then it is another one.
pub fn asleep(duration: Duration, waker: &Waker) -> Sleep {
    loop {
        let mut sleeps = sleep(duration);
        if poll_once(&mut sleeps, waker).is_pending() {
            return sleeps;
        }
    }
}

/// Two ends of a connection.
pub async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (near, far) = join(TcpStream::connect(address), listener.accept()).await;
    (near.unwrap(), far.unwrap().0)
}
