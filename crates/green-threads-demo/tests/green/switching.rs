//! What a switch must keep: numbers of every kind, and how they are rounded.

use std::hint::black_box;

use green_threads_demo::green;

use super::common::run;

#[test]
fn floats_and_how_they_are_written_survive() {
    run(|| {
        let threads = (1..=50_u32).map(|number| {
            green::spawn(move || {
                let mut sum = 0.0_f64;
                let mut product = f32::from(number as u16);
                for round in 1..=200 {
                    let (add, factor) = (1.0 / f64::from(number * round), 1.000_1_f32);
                    green::yield_now();
                    sum += add;
                    product *= factor;
                    green::yield_now();
                    let written = format!("{add:.12} {product:e}");
                    green::yield_now();
                    let (first, second) = written.split_once(' ').unwrap();
                    assert!((first.parse::<f64>().unwrap() - add).abs() < 1e-12);
                    assert_eq!(second.parse::<f32>().unwrap(), product);
                }
                (sum, product)
            })
        });
        for (number, thread) in (1..=50_u32).zip(threads.collect::<Vec<_>>()) {
            let (mut sum, mut product) = (0.0_f64, f32::from(number as u16));
            for round in 1..=200 {
                sum += 1.0 / f64::from(number * round);
                product *= 1.000_1_f32;
            }
            assert_eq!(thread.join().unwrap(), (sum, product));
        }
    });
}

/// So many values live at once, of all kinds, that every register has one.
#[test]
fn no_register_is_lost() {
    fn mix(seed: u64) -> (u64, f64) {
        let mut whole = [0_u64; 24];
        let mut broken = [0.0_f64; 24];
        for place in 0..24 {
            whole[place] = black_box(seed * 1000 + place as u64);
            broken[place] = black_box((seed * 1000 + place as u64) as f64);
        }
        let [a, b, c, d, e, f, g, h, ..] = whole;
        let [i, j, k, l, m, n, o, p, ..] = broken;
        for _ in 0..50 {
            green::yield_now();
        }
        assert_eq!(whole.map(|number| number as f64), broken);
        (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h, i + j + k + l + m + n + o + p)
    }
    run(|| {
        let threads: Vec<_> = (0..20).map(|seed| green::spawn(move || mix(seed))).collect();
        for (seed, thread) in (0..20_u64).zip(threads) {
            let all = (0..8).map(|place| seed * 1000 + place);
            let sum = all.clone().map(|number| number as f64).sum();
            assert_eq!(thread.join().unwrap(), (all.fold(0, |xor, number| xor ^ number), sum));
        }
    });
}

/// Run alone, it is what memory checkers are given: see `checked.rs`.
#[test]
fn a_million_switches() {
    run(|| {
        let threads: Vec<_> = (0..10_u64)
            .map(|number| {
                green::spawn(move || {
                    let mut frame = vec![number; 10];
                    for turn in 0..100_000 {
                        frame[turn % 10] += 1;
                        green::yield_now();
                    }
                    frame
                })
            })
            .collect();
        for (number, thread) in (0..10).zip(threads) {
            assert_eq!(thread.join().unwrap(), [number + 10_000; 10]);
        }
    });
}

#[cfg(target_arch = "x86_64")]
mod processor {
    use std::arch::asm;
    use std::arch::x86_64::*;
    use std::hint::black_box;

    use super::{green, run};

    /// The mode of the vector unit, without what has happened in it; and that of the x87 unit.
    pub fn mode() -> (u32, u16) {
        let (mut vector, mut x87) = (0_u32, 0_u16);
        // SAFETY: each writes what it is given room for.
        unsafe {
            asm!("stmxcsr [{}]", in(reg) &raw mut vector, options(nostack));
            asm!("fnstcw [{}]", in(reg) &raw mut x87, options(nostack));
        }
        (vector & 0xffc0, x87)
    }

    pub fn set_mode((vector, x87): (u32, u16)) {
        // SAFETY: a valid mode. No code between this and the next reckons with fractions.
        unsafe {
            asm!("ldmxcsr [{}]", in(reg) &raw const vector, options(nostack));
            asm!("fldcw [{}]", in(reg) &raw const x87, options(nostack));
        }
    }

    /// Rounds towards zero and flushes what is too small; and in the old unit rounds down.
    pub fn other((vector, x87): (u32, u16)) -> (u32, u16) {
        (vector | 0xe000, x87 & !0x0c00 | 0x0400)
    }

    #[test]
    fn vectors_survive() {
        run(|| {
            let threads = (0..20_i32).map(|number| {
                green::spawn(move || {
                    // SAFETY: every x86-64 processor has SSE2.
                    let lanes =
                        unsafe { _mm_set_epi32(number, number + 1, number + 2, number + 3) };
                    let mut sum = black_box(lanes);
                    for _ in 0..100 {
                        green::yield_now();
                        // SAFETY: as above.
                        sum = unsafe { _mm_add_epi32(sum, lanes) };
                    }
                    if is_x86_feature_detected!("avx2") {
                        // SAFETY: it has been detected.
                        unsafe { wide(number) };
                    }
                    // SAFETY: as above; the first lane.
                    unsafe { _mm_cvtsi128_si32(sum) }
                })
            });
            for (number, thread) in (0..20).zip(threads.collect::<Vec<_>>()) {
                assert_eq!(thread.join().unwrap(), 101 * (number + 3));
            }
        });
    }

    #[target_feature(enable = "avx2")]
    unsafe fn wide(number: i32) {
        let lanes = _mm256_set1_epi32(number);
        let mut sum = black_box(lanes);
        for _ in 0..100 {
            green::yield_now();
            sum = _mm256_add_epi32(sum, lanes);
        }
        let mut all = [0_i32; 8];
        // SAFETY: 32 bytes, and it need not be aligned.
        unsafe { _mm256_storeu_si256(all.as_mut_ptr().cast(), sum) };
        assert_eq!(all, [101 * number; 8]);
    }
}

#[cfg(target_arch = "aarch64")]
mod processor {
    use std::arch::aarch64::*;
    use std::arch::asm;
    use std::hint::black_box;

    use super::{green, run};

    pub fn mode() -> u64 {
        let mode;
        // SAFETY: to read it changes nothing.
        unsafe { asm!("mrs {}, fpcr", out(reg) mode, options(nomem, nostack)) };
        mode
    }

    pub fn set_mode(mode: u64) {
        // SAFETY: a valid mode. No code between this and the next reckons with fractions.
        unsafe { asm!("msr fpcr, {}", in(reg) mode, options(nomem, nostack)) };
    }

    /// Rounds towards zero and flushes what is too small.
    pub fn other(mode: u64) -> u64 {
        mode | 7 << 22
    }

    #[test]
    fn vectors_survive() {
        run(|| {
            let threads = (0..20_u32).map(|number| {
                green::spawn(move || {
                    // SAFETY: every such processor has NEON.
                    let lanes = unsafe { vdupq_n_u32(number) };
                    let mut sum = black_box(lanes);
                    for _ in 0..100 {
                        green::yield_now();
                        // SAFETY: as above.
                        sum = unsafe { vaddq_u32(sum, lanes) };
                    }
                    // SAFETY: as above.
                    unsafe { vgetq_lane_u32::<3>(sum) }
                })
            });
            for (number, thread) in (0..20).zip(threads.collect::<Vec<_>>()) {
                assert_eq!(thread.join().unwrap(), 101 * number);
            }
        });
    }
}

#[test]
fn how_one_rounds_is_its_own_affair() {
    use processor::{mode, other, set_mode};
    run(|| {
        let normal = mode();
        let rounds_otherwise = green::spawn(move || {
            set_mode(other(normal));
            for _ in 0..5 {
                green::yield_now();
                if mode() != other(normal) {
                    set_mode(normal);
                    panic!("its mode was lost");
                }
            }
            // And it ends with it.
        });
        // These begin after it has changed its mode, and it is the one that switches to them.
        let others: Vec<_> = (0..5)
            .map(|_| {
                green::spawn(move || {
                    let first = mode();
                    green::yield_now();
                    (first, mode())
                })
            })
            .collect();
        for other in others {
            assert_eq!(other.join().unwrap(), (normal, normal));
        }
        rounds_otherwise.join().unwrap();
        assert_eq!(mode(), normal);
    });
}

#[test]
fn who_is_spawned_rounds_as_the_one_that_spawned_it() {
    use processor::{mode, other, set_mode};
    run(|| {
        let normal = mode();
        let spawns = green::spawn(move || {
            set_mode(other(normal));
            let spawned = green::spawn(mode);
            set_mode(normal);
            green::yield_now();
            spawned.join().unwrap()
        });
        assert_eq!(spawns.join().unwrap(), other(normal));
        assert_eq!(mode(), normal);
    });
}
