//! A green thread never leaves the thread of the operating system on which it began: the compiler
//! sees to it.

use std::marker::PhantomData;

use green_threads_demo::green::channel::{Receiver, Sender};
use green_threads_demo::green::net::{TcpListener, TcpStream};
use green_threads_demo::green::{JoinHandle, Mutex, MutexGuard};

/// Asks for a trait and gets an answer instead of an error: what a type has itself goes before what
/// a trait gives to all.
struct Ask<T: ?Sized>(PhantomData<T>);

trait Otherwise {
    const SEND: bool = false;
    const SYNC: bool = false;
}

impl<T: ?Sized> Otherwise for Ask<T> {}

struct AskSync<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Otherwise for AskSync<T> {}

impl<T: ?Sized + Send> Ask<T> {
    const SEND: bool = true;
}

impl<T: ?Sized + Sync> AskSync<T> {
    const SYNC: bool = true;
}

macro_rules! stays {
    ($($type:ty),*) => {
        $(assert!(!Ask::<$type>::SEND && !AskSync::<$type>::SYNC, stringify!($type));)*
    };
}

#[test]
fn all_that_waits_stays_on_its_thread() {
    // It can tell the difference.
    const { assert!(Ask::<u8>::SEND && AskSync::<u8>::SYNC) };
    const { assert!(!Ask::<std::rc::Rc<u8>>::SEND && !AskSync::<std::cell::Cell<u8>>::SYNC) };
    const {
        stays!(JoinHandle<u8>, Mutex<u8>, MutexGuard<'static, u8>);
        stays!(Sender<u8>, Receiver<u8>, TcpStream, TcpListener);
    }
}
