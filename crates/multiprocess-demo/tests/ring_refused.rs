//! A ring that can't be had is one clear error, and nothing is left behind. Alone in its program:
//! it counts descriptors and sets limits.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::ErrorKind;

use multiprocess_demo::ring::Ring;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

fn mappings() -> usize {
    fs::read_to_string("/proc/self/maps").unwrap().matches("memfd:ring").count()
}

#[test]
fn a_ring_that_cannot_be_had_leaves_nothing_behind() {
    let before = descriptors();

    for capacity in [0, 3, 1 << 31, 1 << 60, usize::MAX] {
        let refused = Ring::pair(capacity).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        assert!(refused.to_string().contains(&capacity.to_string()), "{refused}");
    }
    assert_eq!((descriptors(), mappings()), (before, 0));

    // Five descriptors are needed: the limit comes at each of them.
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let mut refused = 0;
    for limit in 0..=64 {
        setrlimit(Resource::RLIMIT_NOFILE, limit, hard).unwrap();
        let made = Ring::pair(64).map(drop);
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
        assert!(
            refused == limit || made.is_ok(),
            "{made:?} with a limit of {limit}, not with less"
        );
        refused += u64::from(made.is_err());
        assert_eq!((descriptors(), mappings()), (before, 0));
    }
    assert!((5..64).contains(&refused), "refused up to {refused}");

    // No room in the address space.
    let (soft, hard) = getrlimit(Resource::RLIMIT_AS).unwrap();
    setrlimit(Resource::RLIMIT_AS, 1 << 20, hard).unwrap();
    let made = Ring::pair(1 << 20).map(drop);
    setrlimit(Resource::RLIMIT_AS, soft, hard).unwrap();
    assert_eq!(made.unwrap_err().kind(), ErrorKind::OutOfMemory);
    assert_eq!((descriptors(), mappings()), (before, 0));

    let pair = Ring::pair(64).unwrap();
    assert_eq!((descriptors(), mappings()), (before + 5, 1));
    let (near, far) = pair;
    let far = Ring::far(far).unwrap();
    assert_eq!((descriptors(), mappings()), (before + 4, 2));
    drop((near, far));
    assert_eq!((descriptors(), mappings()), (before, 0));
}
