//! Readiness and callbacks: the first good way to wait for many, and why it hurts.

mod awaited;
mod careless;
mod compared;
mod ends;
mod lost;
mod question;
mod readiness;
mod turned;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use stage::{Result, Scene, Stage, Table, human};
use workloads::http::{Reply, Request};
use workloads::{Service, fetch};

use self::readiness::Loop;
use super::asked::{Spent, THINK};
use super::spinning;

/// A loop that sleeps until a socket is ready and then calls back; and what it does to a program.
pub const SCENE: Scene = Scene {
    name: "callbacks",
    title: "call me when there is something",
    claim: "The operating system can tell which of many sockets is ready, and let the thread sleep \
            until one is. Each has a callback: one wait in all, no read in vain, next to no \
            processor time. (Twisted, Tornado and Node began so.) But whoever writes it has to cut the \
            program into pieces, and an error in a piece goes to the loop, not to who asked.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/callbacks/careless.rs, next_page(), write \
               `let taken = taken + more.unwrap_or(0);` instead of `more?`: now nobody at all hears of \
               the error, Ann gets a receipt that is wrong, and the verdict on an error in a callback \
               falls.",
    read: "crates/event-loop-demo/src/scenes/callbacks/readiness.rs, Loop::run(), at its end: whose \
           error is it?",
};

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    waits_well(stage, &service)?;
    compared::show(stage, &service)?;
    lost::show(stage, &service)
}

fn waits_well(stage: &mut Stage<'_>, service: &Service) -> Result {
    let requests = fetch::requests(stage.pick(20, 5), THINK.as_millis() as u64)?;
    service.clear()?;
    let ((replies, io), spent) = Spent::on(|| all_at_once(service.address(), &requests))?;
    fetch::check(&requests, &replies)?;
    let most = service.log()?.most_at_once;
    stage.say(format!(
        "A loop of {} lines, on top of the poller (epoll, kqueue): it sleeps there, and calls who \
         waits for the socket that has something. The same {} requests again:",
        readiness::lines(),
        requests.len(),
    ));
    let (spun, spinning) = spinning::cost(service.address(), &requests)?;
    let mut table = Table::new(["way", "took", "processor time", "polls", "reads", "in vain"]);
    for (way, spent, polls, reads) in
        [("spinning", spinning, 0, spun), ("callbacks", spent, io.polls, io.reads)]
    {
        let figures = [polls, reads.made, reads.in_vain].map(|figure| figure.to_string());
        let [polls, made, in_vain] = figures;
        table.row([way.to_owned(), human(spent.wall), human(spent.cpu), polls, made, in_vain]);
    }
    stage.table(&table);
    stage.check(
        "one thread has had all requests in flight at once",
        format!("{most} of {}", requests.len()),
        most == requests.len() as u64,
        "the first reply was there before the last request was sent: look for a busy machine",
    );
    // Each socket becomes writable once (it is so from the start), and readable once or twice.
    let enough = 3 * requests.len() as u64;
    stage.check(
        "it has asked the system no more often than there was something to tell",
        format!(
            "{} poll{} and {} reads for {} replies",
            io.polls,
            if io.polls == 1 { "" } else { "s" },
            io.reads.made,
            requests.len()
        ),
        io.polls <= enough && io.reads.made <= enough,
        "the replies came in many small pieces",
    );
    stage.check(
        "in about the same time, with less than half of the processor time",
        format!("{} beside {}", human(spent.cpu), human(spinning.cpu)),
        spent.cpu < spinning.cpu / 2,
        "other programs had the core while the other way would have spun: look for a busy machine",
    );
    Ok(())
}

/// Asks all; the callback of each puts its reply into its place.
fn all_at_once(service: SocketAddr, requests: &[Request]) -> workloads::Result<(Vec<Reply>, Loop)> {
    let mut io = Loop::new()?;
    let replies = Rc::new(RefCell::new(vec![None; requests.len()]));
    for (number, request) in requests.iter().enumerate() {
        let replies = Rc::clone(&replies);
        io.get(service, request.clone(), move |_io, reply| {
            replies.borrow_mut()[number] = Some(reply?);
            Ok(())
        })?;
    }
    io.run()?;
    if let Some(why) = io.nobodys.pop() {
        return Err(why);
    }
    let replies = replies.take().into_iter().flatten().collect();
    Ok((replies, io))
}

/// What the loop calls with an answer.
type Then = Box<dyn FnOnce(&mut Loop, workloads::Result<u64>) -> Called>;

/// What a callback returns: to the loop, since that is who called it.
type Called = workloads::Result<()>;

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::orders;
    use workloads::service::Fault;

    #[test]
    fn the_loop_has_all_in_flight_and_reads_only_what_is_there() {
        let service = Service::start().unwrap();
        let requests = fetch::gathering(50, 50).unwrap();
        let (replies, io) = all_at_once(service.address(), &requests).unwrap();
        fetch::check(&requests, &replies).unwrap();
        assert!(io.polls <= 150 && io.reads.made <= 150, "{} polls, {:?}", io.polls, io.reads);
    }

    #[test]
    fn what_goes_wrong_is_told_to_the_callback_of_that_socket() {
        let service = Service::start().unwrap();
        service.spoil(0, Fault::CutShort).unwrap();
        // Nobody listens at this port: it is reserved.
        let closed = SocketAddr::from(([127, 0, 0, 1], 1));
        let cases = [
            (service.address(), orders::request(0), "cut short"),
            (service.address(), Request::get("/think?id=7&ms=1"), "{\"id\":7}\n"),
            (closed, Request::get("/"), "refused"),
        ];
        let (mut io, told) = (Loop::new().unwrap(), Rc::new(RefCell::new([const { None }; 3])));
        for (number, (address, request, _)) in cases.iter().enumerate() {
            let told = Rc::clone(&told);
            let then = move |_io: &mut Loop, reply: workloads::Result<Reply>| {
                let reply = reply.map(|reply| String::from_utf8_lossy(&reply.body).into_owned());
                told.borrow_mut()[number] = Some(reply.unwrap_or_else(|why| why.to_string()));
                Ok(())
            };
            io.get(*address, request.clone(), then).unwrap();
        }
        io.run().unwrap();
        for ((.., expected), told) in cases.iter().zip(told.take()) {
            assert!(told.as_ref().is_some_and(|told| told.contains(expected)), "{told:?}");
        }
        assert!(io.nobodys.is_empty());
    }
}
