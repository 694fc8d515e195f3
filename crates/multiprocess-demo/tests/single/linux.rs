//! The tests, in order, and the entries of the copies that they start.

#[path = "odd.rs"]
mod odd;
#[path = "starts.rs"]
mod starts;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::{env, process};

use multiprocess_demo::jobs::REPERTOIRE;
use multiprocess_demo::pool::Options;
use multiprocess_demo::start::{Entry, Method};

use crate::common::{self, chaos, checks, combinations, monkey};

const MONKEY: Entry = Entry {
    name: "monkey",
    run: |given| {
        let mut seed = [0; 8];
        File::from(given.into_iter().next().unwrap()).read_exact(&mut seed).unwrap();
        let parent = nix::unistd::getppid().as_raw();
        monkey::play(parent, u64::from_ne_bytes(seed), || {
            nix::unistd::getppid().as_raw() == parent
        });
    },
};

const ENTRIES: &[Entry] = &[
    REPERTOIRE.entry,
    odd::ODD,
    odd::LATE_RISER,
    odd::STILLBORN,
    odd::MOODY,
    odd::RUDE,
    odd::GARBLER,
    odd::CHATTERBOX,
    starts::SLEEP,
    starts::PANIC,
    starts::SAY,
    starts::COPY,
    MONKEY,
];

fn each(run: impl Fn(&Options)) {
    for (method, transport) in combinations(&Method::ALL) {
        run(&Options { method, transport, ..Options::workers(2) });
    }
}

fn in_chaos() {
    each(|options| {
        let seed = monkey::seed();
        let says = monkey::SaysSeed(seed);
        let (mut to, from) = UnixStream::pair().unwrap();
        let pool = common::pool(options, 4);
        // A process, because a thread would forbid to fork. It plays with all that are its brothers.
        let starter = &mut Method::Spawn.starter().unwrap();
        let mut monkey = starter.start(&MONKEY, &[from.as_fd()]).unwrap();
        to.write_all(&seed.to_ne_bytes()).unwrap();
        let (given_up, deaths) = chaos::every_job_is_answered_once(pool, seed);
        assert_eq!(monkey.ended(), None, "it has played until now");
        println!(
            "  {}, {:?}: {deaths} workers replaced, {given_up} jobs given up",
            options.method, options.transport
        );
        drop((says, monkey));
    });
}

pub fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if env::var_os("NO_ENTER").is_none() {
        multiprocess_demo::start::enter(ENTRIES);
    }
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["prints-and-forks"] => return starts::prints_and_forks(),
        ["enters-nothing", method, how] => return starts::enters_nothing(method, how),
        // A child that did not know that it is one.
        ["--a-child-of-its-own"] => return starts::enters_nothing("spawn", "refuses"),
        _ => {}
    }
    // SAFETY: there is no other thread that could read the environment meanwhile.
    unsafe { env::set_var("MOODY", process::id().to_string()) };
    let checks: Vec<_> = checks::ALL.iter().map(|&(_, check)| move || each(check)).collect();
    let mut tests: Vec<(&str, &dyn Fn())> = vec![
        ("an_exit_is_a_death", &odd::an_exit_is_a_death),
        ("nothing_can_be_sent_by_the_million", &odd::nothing_can_be_sent_by_the_million),
        ("a_slow_start_is_not_late", &odd::a_slow_start_is_not_late),
        ("workers_that_die_at_birth_are_named", &odd::workers_that_die_at_birth_are_named),
        ("a_pool_recovers_from_bad_births", &odd::a_pool_recovers_from_bad_births),
        ("garbage_from_a_worker_is_a_death", &odd::garbage_from_a_worker_is_a_death),
        ("garbage_ends_a_worker", &odd::garbage_ends_a_worker),
        ("what_is_handed_over_arrives", &starts::what_is_handed_over_arrives_and_nothing_else),
        ("a_panic_has_its_status", &starts::a_panic_has_its_status),
        ("an_unknown_entry_is_named", &starts::an_unknown_entry_is_named),
        ("a_zygote_is_replaced", &starts::a_zygote_is_replaced),
        ("a_buffer_is_written_once", &starts::a_buffer_is_written_once),
        ("a_main_without_enter_is_refused", &starts::a_main_without_enter_is_refused),
        ("a_process_with_threads_is_not_forked", &starts::a_process_with_threads_is_not_forked),
    ];
    tests.extend(checks::ALL.iter().zip(&checks).map(|((name, _), run)| (*name, run as &dyn Fn())));
    tests.push(("chaos", &in_chaos));
    common::run_all(&tests);
}
