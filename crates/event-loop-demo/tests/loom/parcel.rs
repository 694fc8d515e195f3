//! The parcel of `offload`: whoever waits for it gets it, whenever it comes, and the one who asked last
//! is woken.

use std::sync::Arc as StdArc;
use std::task::{Poll, Wake, Waker};

use event_loop_demo::runtime::offload::Parcel;
use loom::sync::Arc;
use loom::thread;

use super::Bell;

/// A task, as far as it can be woken.
#[derive(Default)]
struct Task(Bell);

impl Wake for Task {
    fn wake(self: StdArc<Self>) {
        self.0.ring();
    }
}

fn take(parcel: &Parcel<u32>, task: &StdArc<Task>) -> u32 {
    let waker = Waker::from(StdArc::clone(task));
    loop {
        match parcel.poll_take(&waker) {
            Poll::Ready(content) => return content,
            Poll::Pending => task.0.sleep(),
        }
    }
}

#[test]
fn it_arrives() {
    loom::model(|| {
        let parcel = Arc::new(Parcel::default());
        let sent = Arc::clone(&parcel);
        let sender = thread::spawn(move || sent.put(7));
        assert_eq!(take(&parcel, &StdArc::default()), 7);
        sender.join().unwrap();
    });
}

#[test]
fn who_asked_last_is_woken() {
    loom::model(|| {
        let parcel = Arc::new(Parcel::default());
        let sent = Arc::clone(&parcel);
        let sender = thread::spawn(move || sent.put(7));
        // It was asked for under another waker, which sleeps at another bell.
        let first = Waker::from(StdArc::<Task>::default());
        let taken = match parcel.poll_take(&first) {
            Poll::Ready(content) => content,
            Poll::Pending => take(&parcel, &StdArc::default()),
        };
        assert_eq!(taken, 7);
        sender.join().unwrap();
    });
}

#[test]
fn who_has_gone_is_no_harm() {
    loom::model(|| {
        let parcel = Arc::new(Parcel::default());
        let sent = Arc::clone(&parcel);
        let sender = thread::spawn(move || sent.put(7));
        let _ = parcel.poll_take(Waker::noop());
        drop(parcel);
        sender.join().unwrap();
    });
}
