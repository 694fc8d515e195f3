use global_lock_demo::host::*;
fn main() {
    let mut args = std::env::args().skip(1);
    let (who, name) = (args.next().unwrap(), args.next().unwrap());
    let args: Vec<_> = args.collect();
    let strategy = Simulated::ALL.into_iter().find(|s| s.name() == who).unwrap();
    let t = std::time::Instant::now();
    let outcome = strategy.start(&name, &args, None).unwrap().end();
    match outcome {
        Ok(o) => println!(
            "{o}{:?} left {} {:?}",
            o.failures.first().map(ToString::to_string),
            o.left,
            t.elapsed()
        ),
        Err(e) => println!("{e} {:?}", t.elapsed()),
    }
}
