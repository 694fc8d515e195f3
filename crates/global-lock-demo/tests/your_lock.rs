//! What the scene about the program's own lock promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use global_lock_demo::count::Plain;
use global_lock_demo::host::{Host, Simulated, arguments, listed};
use global_lock_demo::lock::{Fair, GlobalLock};
use global_lock_demo::scenes::your_lock::{SOUND, Statement, lost};
use global_lock_demo::strategy::Strategy;
use global_lock_demo::thread::ThreadState;
use global_lock_demo::vm::Setup;
use global_lock_demo::vm::code::Instruction;

#[test]
fn given_way_at_every_check_only_the_call_loses_and_no_lock_of_its_own_does() {
    for threads in [2, 3] {
        for _ in 0..5 {
            let fair = Host::Simulated(Simulated::Fair);
            let [adds, calls, locked] = lost(&fair, "locked", &arguments!(threads, 30)).unwrap();
            assert_eq!((adds, locked), (0, 0));
            assert!(calls > 0, "{threads} threads");
        }
    }
}

#[test]
fn a_lock_of_the_programs_own_loses_nothing_under_any_strategy() {
    for strategy in SOUND.into_iter().chain([Simulated::Unforced]) {
        let host = Host::Simulated(strategy);
        let [_, _, locked] = lost(&host, "locked", &arguments!(3, 300)).unwrap();
        assert_eq!(locked, 0, "{strategy:?}");
    }
}

#[test]
fn an_addition_without_a_call_loses_nothing_under_the_lock_that_is_asked_for() {
    let host = Host::Simulated(Simulated::Interval);
    let [adds, _] = lost(&host, "increments", &arguments!(3, 20_000)).unwrap();
    assert_eq!(adds, 0);
}

#[test]
fn the_two_statements_differ_in_a_check() {
    let adds = Statement::of("increments", "x += 1").unwrap();
    let texts: Vec<_> = adds.lines.iter().map(|line| line.text.split(' ').next()).collect();
    let expected = ["LOAD_GLOBAL", "LOAD_CONST", "BINARY_OP", "STORE_GLOBAL"].map(Some);
    assert_eq!(texts, expected);
    assert_eq!((adds.checks_between(), adds.ticks_between()), (0, 2));
    let calls = Statement::of("increments", "x = x + one()").unwrap();
    assert_eq!((calls.checks_between(), calls.ticks_between()), (1, 4));

    for (program, source) in [("increments", "n -= 1"), ("increments", "y"), ("no such", "x")] {
        let why = Statement::of(program, source).unwrap_err();
        assert!(why.contains("no statement"), "{why}");
    }
}

/// The fair lock, and a count of how often it is asked. It alone is alone: there is one thread.
struct Counted {
    lock: Fair,
    /// Checks, and ticks.
    counts: Arc<[AtomicU64; 2]>,
}

impl Strategy for Counted {
    const NAME: &'static str = "counted";
    const TICKS: bool = true;
    type Count = Plain;

    fn attach(&self, me: &mut ThreadState) {
        self.lock.take(me);
    }

    fn detach(&self, me: &mut ThreadState) -> Vec<global_lock_demo::vm::value::Value> {
        self.lock.give(me);
        Vec::new()
    }

    fn check(&self, me: &mut ThreadState) {
        self.counts[0].fetch_add(1, Relaxed);
        self.lock.check(me);
    }

    fn tick(&self, _me: &mut ThreadState) {
        self.counts[1].fetch_add(1, Relaxed);
    }

    fn outside<R>(&self, me: &mut ThreadState, call: impl FnOnce() -> R) -> R {
        self.lock.outside(me, call)
    }
}

/// How many checks and ticks there are while increments.py adds so many times in each way.
fn counted(n: u64) -> [u64; 2] {
    let counts = Arc::<[AtomicU64; 2]>::default();
    let strategy = Counted { lock: Fair::default(), counts: counts.clone() };
    let setup = Setup::new(strategy, &listed("increments").unwrap()).arguments(arguments!(1, n));
    assert_eq!(setup.run().unwrap().lines, ["lost 0 0"]);
    counts.each_ref().map(|count| count.load(Relaxed))
}

/// What is said of single instructions is what the interpreter does: checked with what the turns of
/// both loops and of what they call come to.
#[test]
fn checks_and_ticks_are_where_they_are_said_to_be() {
    let program = listed("increments").unwrap();
    let of = |name: &str| program.codes.iter().find(|code| code.name == name).unwrap();
    let (mut each, mut calls) = ([0, 0], 0);
    let mut add = |instructions: &[Instruction]| {
        for &instruction in instructions {
            each[0] += u64::from(instruction.checks());
            each[1] += u64::from(instruction.ticks());
            calls += u64::from(matches!(instruction, Instruction::Call(_)));
        }
    };
    for way in ["add", "add_called"] {
        let all = &of(way).instructions;
        let is_back = |i: &Instruction| matches!(i, Instruction::PopJumpIf { back: true, .. });
        let last = all.iter().position(is_back).unwrap();
        let Instruction::PopJumpIf { to, .. } = all[last] else { unreachable!() };
        add(&all[to as usize..=last]);
    }
    add(&of("one").instructions);
    assert_eq!(calls, 1);
    let (few, many) = (counted(10), counted(110));
    assert_eq!([0, 1].map(|which| many[which] - few[which]), each.map(|each| 100 * each));
}
