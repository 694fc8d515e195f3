//! Which functions there are, and where a program finds them.

/// A function that is not bytecode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Native {
    /// `abs(number)`
    Abs,
    /// `bytes(length)`
    Bytes,
    /// `float(number or text)`
    Float,
    /// `int(number or text)`
    Int,
    /// `len(container)`
    Len,
    /// `list()`, `list(iterable)`
    List,
    /// `max(iterable)`, `max(a, b)`
    Max,
    /// `min(iterable)`, `min(a, b)`
    Min,
    /// `print(…)`
    Print,
    /// `range(end)`, `range(first, end)`, `range(first, end, step)`
    Range,
    /// `sum(iterable)`: it keeps the lock.
    Sum,
    /// `time.perf_counter()`
    PerfCounter,
    /// `time.sleep(seconds)`: without the lock.
    Sleep,
    /// `sys.setswitchinterval(seconds)`
    SetSwitchInterval,
    /// `zlib.crc32(data, value)`: of more than 5 KiB, without the lock.
    Crc32,
    /// `threading.Thread(None, function, None, arguments)`
    Thread,
    /// `threading.Lock()`
    Lock,
    /// `socket.socket(AF_INET, SOCK_DGRAM)`
    Socket,
    /// `list.append(value)`
    Append,
    /// `thread.start()`
    Start,
    /// `thread.join()`: without the lock.
    Join,
    /// `lock.acquire()`: without the interpreter's lock, if it has to wait.
    Acquire,
    /// `lock.release()`
    Release,
    /// `socket.bind((host, port))`
    Bind,
    /// `socket.getsockname()`
    GetSockName,
    /// `socket.recvfrom(most)`: without the lock.
    RecvFrom,
    /// `socket.sendto(data, address)`: without the lock.
    SendTo,
    /// `socket.close()`
    Close,
}

/// Each with where it is found (a module, `` for built-ins, `.` for methods) and its name there.
const TABLE: [(Native, &str, &str); 28] = [
    (Native::Abs, "", "abs"),
    (Native::Bytes, "", "bytes"),
    (Native::Float, "", "float"),
    (Native::Int, "", "int"),
    (Native::Len, "", "len"),
    (Native::List, "", "list"),
    (Native::Max, "", "max"),
    (Native::Min, "", "min"),
    (Native::Print, "", "print"),
    (Native::Range, "", "range"),
    (Native::Sum, "", "sum"),
    (Native::PerfCounter, "time", "perf_counter"),
    (Native::Sleep, "time", "sleep"),
    (Native::SetSwitchInterval, "sys", "setswitchinterval"),
    (Native::Crc32, "zlib", "crc32"),
    (Native::Thread, "threading", "Thread"),
    (Native::Lock, "threading", "Lock"),
    (Native::Socket, "socket", "socket"),
    (Native::Append, ".", "append"),
    (Native::Start, ".", "start"),
    (Native::Join, ".", "join"),
    (Native::Acquire, ".", "acquire"),
    (Native::Release, ".", "release"),
    (Native::Bind, ".", "bind"),
    (Native::GetSockName, ".", "getsockname"),
    (Native::RecvFrom, ".", "recvfrom"),
    (Native::SendTo, ".", "sendto"),
    (Native::Close, ".", "close"),
];

impl Native {
    /// All of them, each at the place that is its number.
    pub const ALL: [Native; 28] = {
        let mut all = [Native::Abs; 28];
        let mut i = 0;
        while i < all.len() {
            all[i] = TABLE[i].0;
            i += 1;
        }
        all
    };

    /// Whether it is called on an object.
    #[must_use]
    pub const fn is_method(self) -> bool {
        self as u8 >= Native::Append as u8
    }

    /// What a program calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE[self as usize].2
    }

    /// What is found there under this name.
    pub(super) fn find(place: &str, name: &str) -> Option<Native> {
        TABLE.iter().find(|row| row.1 == place && row.2 == name).map(|row| row.0)
    }

    /// Whether there is a module of this name, with something in it.
    pub(super) fn is_module(name: &str) -> bool {
        !matches!(name, "" | ".") && TABLE.iter().any(|row| row.1 == name)
    }

    /// The built-in of this name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Native> {
        Native::find("", name)
    }

    /// The method of this name; only one kind of object has it.
    #[must_use]
    pub fn method(name: &str) -> Option<Native> {
        Native::find(".", name)
    }
}
