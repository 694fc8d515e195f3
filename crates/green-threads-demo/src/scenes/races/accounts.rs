//! An account, and three ways to deposit something.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{Read, Result, Write};
use std::net::SocketAddr;
use std::rc::Rc;

use crate::green::{self, net};

/// Where the money is, and all that has happened to it.
struct Account {
    balance: Cell<usize>,
    diary: RefCell<Vec<Note>>,
    lock: green::Mutex<()>,
    auditor: SocketAddr,
}

/// That somebody has read or written this balance.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) who: usize,
    writes: bool,
    balance: usize,
}

/// What came of the deposits.
pub(super) struct Outcome {
    pub(super) balance: usize,
    pub(super) diary: Vec<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Plain,
    Audited,
    Locked,
}

impl Way {
    pub(super) const ALL: [Way; 3] = [Way::Plain, Way::Audited, Way::Locked];

    pub(super) fn name(self) -> &'static str {
        match self {
            Way::Plain => "read, write",
            Way::Audited => "read, audit, write",
            Way::Locked => "lock, read, audit, write",
        }
    }
}

// [plain
fn plain(account: &Account, who: usize) -> Result<()> {
    let balance = account.read(who);
    account.write(who, balance + 1);
    Ok(())
}
// plain]

// [audited
fn audited(account: &Account, who: usize) -> Result<()> {
    let balance = account.read(who);
    audit(account, balance)?;
    account.write(who, balance + 1);
    Ok(())
}
// audited]

fn locked(account: &Account, who: usize) -> Result<()> {
    let _guard = account.lock.lock();
    audited(account, who)
}

/// Tells the auditor, and waits until it has noted that: a harmless line in whoever calls it.
fn audit(account: &Account, balance: usize) -> Result<()> {
    let mut auditor = net::TcpStream::connect(account.auditor)?;
    auditor.write_all(&balance.to_be_bytes())?;
    auditor.read_exact(&mut [0])
}

/// Notes what it is told, and says so. A green thread like the others: so nobody has its answer
/// before having given way.
fn auditing(listener: &net::TcpListener) -> Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.read_exact(&mut [0; size_of::<usize>()])?;
        stream.write_all(&[1])?;
    }
}

impl Account {
    fn read(&self, who: usize) -> usize {
        let balance = self.balance.get();
        self.diary.borrow_mut().push(Note { who, writes: false, balance });
        balance
    }

    fn write(&self, who: usize, balance: usize) {
        self.balance.set(balance);
        self.diary.borrow_mut().push(Note { who, writes: true, balance });
    }
}

/// Has so many green threads deposit 1 each.
pub(super) fn deposit(way: Way, threads: usize) -> stage::Result<Outcome> {
    green::run(|| {
        let listener = net::TcpListener::bind("127.0.0.1:0")?;
        let account = Rc::new(Account {
            balance: Cell::new(0),
            diary: RefCell::default(),
            lock: green::Mutex::new(()),
            auditor: listener.local_addr()?,
        });
        green::spawn(move || auditing(&listener));
        let one = |who| {
            let account = Rc::clone(&account);
            green::spawn(move || match way {
                Way::Plain => plain(&account, who),
                Way::Audited => audited(&account, who),
                Way::Locked => locked(&account, who),
            })
        };
        let deposits: Vec<_> = (0..threads).map(one).collect();
        for deposit in deposits {
            deposit.join().map_err(|why| format!("a deposit: {why:?}"))??;
        }
        Ok(Outcome { balance: account.balance.get(), diary: account.diary.take() })
    })?
}

impl Outcome {
    /// Between how many readings and the next note of the same thread there was somebody else's.
    pub(super) fn interrupted(&self) -> usize {
        let pairs = self.diary.windows(2);
        pairs.filter(|pair| !pair[0].writes && pair[0].who != pair[1].who).count()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.writes { "writes" } else { "reads" }, self.balance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_in_the_midst_loses_all_but_one() {
        assert_eq!(deposit(Way::Audited, 10).expect("sockets").balance, 1);
    }

    #[test]
    fn no_wait_or_a_lock_loses_none() {
        for way in [Way::Plain, Way::Locked] {
            let outcome = deposit(way, 10).expect("sockets");
            assert_eq!((outcome.balance, outcome.interrupted()), (10, 0), "{way:?}");
        }
    }

    #[test]
    fn all_read_before_the_first_writes() {
        let outcome = deposit(Way::Audited, 10).expect("sockets");
        let first = outcome.diary.iter().position(|note| note.writes);
        assert_eq!(first, Some(10));
    }
}
