//! spike
use scale_out_demo::*;
use std::time::Instant;
use job::Job;
fn main() {
    roles::enter();
    let program = roles::Program::this().unwrap();
    let scratch = guard::Scratch::new(&program).unwrap();
    let server = std::env::args().nth(1).map(|_| redis_server::RedisServer::start(&program, scratch.path(), redis_server::free_address().unwrap()).unwrap());
    let broker = server.as_ref().map_or_else(|| broker::Broker::file_in(scratch.path()), |s| broker::Broker::redis(s.url()));
    let mut queue = queue::Queue::open(&broker).unwrap();
    let t = Instant::now();
    let mut crew = crew::Crew::new(&program, &broker, 1).unwrap();
    println!("start {:?}", t.elapsed());
    for n in [1, 2, 4] {
        let more = n - crew.numbers().len();
        crew.hire(more).unwrap();
        for _ in 0..3 {
        let t = Instant::now();
        let ids = queue.push((0..100).map(|_| Job::Compute(0))).unwrap();
        let pushed = t.elapsed();
        let ends = queue.wait(&ids).unwrap();
        println!("{n} workers: pushed {:?} all {:?} {:?}", pushed, t.elapsed(), ends[0]);
        }
    }
    let ids = queue.push((0..3).map(|_| Job::Poison)).unwrap();
    println!("{:?}", queue.wait_at_most(&ids, std::time::Duration::from_secs(10)).unwrap());
    while let Some(said) = crew.hear(std::time::Duration::from_millis(1)).unwrap() { println!("{said:?}"); }
    println!("waiting {}", queue.waiting().unwrap());
    queue.clear().unwrap();
}
