//! x
use green_threads_demo::green;
use std::time::Duration;
#[test]
fn basics() {
    let sum = green::run(|| {
        let handles: Vec<_> = (0..1000u64)
            .map(|i| {
                green::spawn(move || {
                    for _ in 0..10 {
                        green::yield_now();
                    }
                    if i % 10 == 0 {
                        green::sleep(Duration::from_millis(i % 7));
                    }
                    format!("{:.3}", i as f64 / 3.0).len() as u64 + i
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap()).sum::<u64>()
    })
    .unwrap();
    assert!(sum > 499_500);
    let e = green::run(|| green::spawn(|| -> u32 { panic!("no") }).join()).unwrap();
    assert!(matches!(e, Err(green::Failed::Panicked(_))));
}
#[test]
fn overflow() {
    #[allow(unconditional_recursion)]
    fn deep(n: u64) -> u64 {
        let a = std::hint::black_box([n; 64]);
        deep(n + 1) + a[3]
    }
    green::run(|| {
        for _ in 0..100 {
            let sibling = green::spawn(|| {
                green::yield_now();
                7
            });
            assert!(matches!(green::spawn(|| deep(0)).join(), Err(green::Failed::Overflowed)));
            assert_eq!(sibling.join().unwrap(), 7);
        }
    })
    .unwrap();
}
#[test]
fn cancelled() {
    use std::rc::Rc;
    let held = Rc::new(());
    green::run(|| {
        let h = held.clone();
        let t = green::spawn(move || {
            let _h = h;
            green::sleep(Duration::from_secs(100));
        });
        green::yield_now();
        assert_eq!(Rc::strong_count(&held), 2);
        t.cancel();
        assert!(matches!(t.join(), Err(green::Failed::Cancelled)));
        assert_eq!(Rc::strong_count(&held), 1);
        let h = held.clone();
        drop(green::spawn(move || {
            let _h = h;
            green::sleep(Duration::from_secs(100));
        }));
        green::yield_now();
    })
    .unwrap();
    assert_eq!(Rc::strong_count(&held), 1);
}
