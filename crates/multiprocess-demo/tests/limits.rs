//! A limit that is reached is one clear error, and nothing is left behind; reached in the middle of a
//! run, the pool does with the workers that it has, and takes new ones when there are some again.
//!
//! Each test runs in a process of its own, because limits are a process's: this program starts a copy
//! of itself, as a user of its own where the limit is a user's and doesn't hold for root.

#[cfg(target_os = "linux")]
mod common;

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("skipped: what is left behind is read from /proc");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    use std::path::PathBuf;
    use std::process::Command;

    use multiprocess_demo::jobs::REPERTOIRE;
    use multiprocess_demo::jobs::faults::END;
    use multiprocess_demo::link::Transport;
    use multiprocess_demo::pool::{How, Options, Pool, Terms};
    use multiprocess_demo::start::Method;
    use nix::errno::Errno;
    use nix::libc;
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    use crate::common::{
        STUCK, children, combinations, eventually, no_child_is_left, open, pool, run_all,
    };

    fn user() -> u32 {
        fs::metadata("/proc/self").unwrap().uid()
    }

    /// How many processes this user has, threads too: what the limit counts.
    fn processes() -> u64 {
        let me = user();
        let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let mine = all.filter(|entry| entry.metadata().is_ok_and(|data| data.uid() == me));
        let tasks = mine.filter_map(|entry| fs::read_dir(entry.path().join("task")).ok());
        tasks.map(|tasks| tasks.count() as u64).sum()
    }

    fn limit(resource: Resource, soft: u64) {
        let (_, hard) = getrlimit(resource).unwrap();
        setrlimit(resource, soft.min(hard), hard).unwrap();
    }

    /// Also for the children that there are: the zygote is one.
    fn limit_all(resource: Resource, soft: u64) {
        let (_, hard) = getrlimit(resource).unwrap();
        // To look for them takes descriptors.
        limit(resource, hard);
        let new = libc::rlimit { rlim_cur: soft.min(hard), rlim_max: hard };
        for (pid, state) in children(std::process::id().cast_signed()) {
            // SAFETY: the new limits are read, and there is no place for the old ones.
            let set =
                unsafe { libc::prlimit(pid, resource as _, &raw const new, std::ptr::null_mut()) };
            assert!(state == 'Z' || Errno::result(set).is_ok());
        }
        limit(resource, soft);
    }

    /// Whether a pool is refused with this limit; in one line that says so, then, and nothing is left.
    fn is_refused(options: &Options, resource: Resource, soft: u64, command: &str) -> bool {
        let (before, high) = (open(), getrlimit(resource).unwrap().0);
        limit(resource, soft);
        let refused = Pool::new(REPERTOIRE, options.clone()).err().map(|why| why.to_string());
        limit(resource, high);
        if let Some(why) = &refused {
            let says = [&format!("({command}: {soft})"), "fewer workers"];
            assert!(says.iter().all(|says| why.contains(*says)), "{why}");
            assert!(!why.contains('\n') && why.len() < 300, "{why}");
        }
        assert_eq!(open(), before);
        no_child_is_left();
        refused.is_some()
    }

    /// A limit that is reached in the middle, lifted, and reached again.
    fn is_lived_with(options: &Options, resource: Resource, soft: u64, says: &str) {
        let before = open();
        let high = getrlimit(resource).unwrap().0;
        let mut pool = pool(options, 2);
        let terms = Terms { tries: 1, ..Terms::default() };
        for _ in 0..2 {
            assert_eq!(pool.map(terms, &END, [0, 2, 4, 6]).unwrap(), [0, 2, 4, 6]);
            assert_eq!(pool.workers().len(), 2);
            limit_all(resource, soft);
            // One dies, and there is none to take its place: the other does it all.
            let items = (0..200).map(|item| if item == 50 { 1 } else { item * 2 });
            for (item, result) in pool.imap_unordered(terms, &END, items) {
                match item {
                    50 => assert!(matches!(result.unwrap_err().how, How::Died { tries: 1, .. })),
                    _ => assert_eq!(result.unwrap(), item as u64 * 2),
                }
            }
            assert_eq!(pool.workers().len(), 1);
            // The last one dies, too.
            let items = (0..200).map(|item| if item == 0 { 1 } else { item * 2 });
            let mut nobody = 0;
            let all = pool.imap_unordered(terms, &END, items).inspect(|(_, result)| {
                match result.as_ref().map_err(|failure| &failure.how) {
                    Ok(_) | Err(How::Died { tries: 1, .. }) => {}
                    Err(How::Nobody(why)) => {
                        assert!(why.contains(says), "{why}");
                        nobody += 1;
                    }
                    Err(how) => panic!("{how:?}"),
                }
            });
            assert_eq!(all.count(), 200);
            assert!(nobody > 0, "with nobody left, nobody does it");
            assert_eq!(pool.workers(), []);
            limit_all(resource, high);
            eventually("it has all its workers again", || {
                pool.map(terms, &END, [2, 4]).is_ok() && pool.workers().len() == 2
            });
        }
        drop(pool);
        assert_eq!(open(), before);
        no_child_is_left();
    }

    fn too_many_processes(options: &Options) {
        let (resource, command) = (Resource::RLIMIT_NPROC, "ulimit -u");
        for more in 0..4 {
            assert!(is_refused(options, resource, processes() + more, command), "{more} more");
        }
        is_lived_with(options, resource, 1, "(ulimit -u: 1)");
    }

    fn too_many_files(options: &Options) {
        let (resource, command) = (Resource::RLIMIT_NOFILE, "ulimit -n");
        // At each descriptor that it takes, until there are enough.
        let enough = (3..).find(|&soft| !is_refused(options, resource, soft, command));
        assert!((3 + 4 * 2..200).contains(&enough.unwrap()), "{enough:?} for four workers");
        is_lived_with(options, resource, 3, "(ulimit -n: 3)");
    }

    /// A ring's memory is a file, but none in /dev/shm: a full one is nothing to it.
    fn full_shared_memory(options: &Options) {
        let call = |done: i32| Errno::result(done);
        let (none, shm, tmpfs) = (c"none".as_ptr(), c"/dev/shm".as_ptr(), c"tmpfs".as_ptr());
        let private = libc::MS_REC | libc::MS_PRIVATE;
        let apart = if user() == 0 { 0 } else { libc::CLONE_NEWUSER };
        // SAFETY: all pointers are null or to texts that end, and the kernel only reads them.
        let mounted = unsafe {
            call(libc::unshare(libc::CLONE_NEWNS | apart))
                .and_then(|_| {
                    call(libc::mount(none, c"/".as_ptr(), none, private, std::ptr::null()))
                })
                .and_then(|_| call(libc::mount(none, shm, tmpfs, 0, c"size=4k".as_ptr().cast())))
        };
        if let Err(why) = mounted {
            return println!("  skipped: no /dev/shm of its own: {why}");
        }
        fs::write("/dev/shm/all of it", [1; 4096]).unwrap();
        let more = fs::write("/dev/shm/more", [1]).unwrap_err();
        assert_eq!(more.raw_os_error(), Some(Errno::ENOSPC as i32));
        let mut pool = pool(options, 2);
        let evens = || (0..1_000).map(|item| item * 2);
        assert!(pool.map(Terms::default(), &END, evens()).unwrap().into_iter().eq(evens()));
    }

    type Test = (&'static str, fn(&Options));

    const TESTS: [Test; 3] = [
        ("too_many_processes", too_many_processes),
        ("too_many_files", too_many_files),
        ("full_shared_memory", full_shared_memory),
    ];

    /// A program that any user may run.
    struct Copy(PathBuf);

    impl Copy {
        fn new() -> Copy {
            let path = env::temp_dir().join(format!("limits-{}", std::process::id()));
            fs::copy("/proc/self/exe", &path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            Copy(path)
        }
    }

    impl Drop for Copy {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    /// In copies of this program: one for each way to start workers and to talk to them.
    fn apart(name: &str) {
        let copy = Copy::new();
        let mut all = Vec::new();
        for (method, transport) in combinations(&Method::ALL) {
            let place = Transport::ALL.iter().position(|&known| known == transport).unwrap();
            let mut command = Command::new(&copy.0);
            command.args(["apart", name, &method.to_string(), &place.to_string()]);
            if name == "too_many_processes" && user() == 0 {
                // A user that nobody else is, so that nobody else counts; and a container has it, too.
                let nobody = 20_000 + (10 * std::process::id() + all.len() as u32) % 40_000;
                command.uid(nobody).gid(nobody);
            }
            all.push((method, transport, command.spawn().unwrap()));
        }
        let failed: Vec<_> = all
            .into_iter()
            .filter_map(|(method, transport, mut child)| {
                (!child.wait().unwrap().success()).then_some((method, transport))
            })
            .collect();
        assert!(failed.is_empty(), "{name} with {failed:?}");
    }

    pub fn main() {
        multiprocess_demo::enter();
        let arguments: Vec<_> = env::args().skip(1).collect();
        if let [apart, name, method, transport] = &arguments[..]
            && apart == "apart"
        {
            let method = method.parse().unwrap();
            let transport = Transport::ALL[transport.parse::<usize>().unwrap()];
            let (_, test) = TESTS.iter().find(|(known, _)| known == name).unwrap();
            nix::unistd::alarm::set(STUCK);
            test(&Options { method, transport, ..Options::workers(4) });
            return no_child_is_left();
        }
        run_all(
            &TESTS.map(|(name, _)| (name, Box::leak(Box::new(move || apart(name))) as &dyn Fn())),
        );
    }
}
