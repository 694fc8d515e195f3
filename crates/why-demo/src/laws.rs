//! Four laws of how much many can do: pure functions, and what fits two of them to measured points.
//!
//! A *speed-up* is time alone by time together, so it has no unit; `n` is how many work at once,
//! 1 or more.

/// Amdahl's law: the speed-up of a given amount of work by `n`, when this share of it (0 to 1) can
/// only be done one after another. However many there are, it stays below 1/`serial`.
///
/// Gene M. Amdahl, "Validity of the single processor approach to achieving large scale computing
/// capabilities", AFIPS Spring Joint Computer Conference, 1967. (He argued in words; the formula is
/// what others made of it.)
#[must_use]
pub fn amdahl(serial: f64, n: f64) -> f64 {
    1.0 / (serial + (1.0 - serial) / n)
}

/// Gustafson's law: how many times as much is done in the same time by `n`, when the work grows with
/// them and this share of *that time* (0 to 1) is one after another.
///
/// John L. Gustafson, "Reevaluating Amdahl's law", Communications of the ACM 31(5), 1988.
#[must_use]
pub fn gustafson(serial: f64, n: f64) -> f64 {
    serial + (1.0 - serial) * n
}

/// The universal scalability law.
///
/// Neil J. Gunther, "A simple capacity model of massively parallel transaction systems", CMG 1993;
/// in these letters in his "Guerrilla Capacity Planning", Springer, 2007.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Universal {
    /// Contention: the share for which all queue up. Alone it is Amdahl's serial share.
    pub sigma: f64,
    /// Coherency: what each one pays for each other, to agree with it.
    pub kappa: f64,
}

impl Universal {
    /// The speed-up by `n`.
    #[must_use]
    pub fn speed_up(self, n: f64) -> f64 {
        n / (1.0 + self.sigma * (n - 1.0) + self.kappa * n * (n - 1.0))
    }

    /// The `n` from which on more is slower; infinite if there is no such thing to pay.
    #[must_use]
    pub fn peak(self) -> f64 {
        ((1.0 - self.sigma) / self.kappa).sqrt()
    }

    /// The law that comes closest to these points (n, speed-up), by least squares. Neither of its two
    /// is negative: nobody is served faster by a queue.
    ///
    /// The law is linear in both once it is turned over: n/speed-up − 1 = σ(n − 1) + κn(n − 1).
    #[must_use]
    pub fn fit(points: &[(f64, f64)]) -> Universal {
        let (mut aa, mut ab, mut bb, mut ay, mut by) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (n, speed_up) in points {
            let (a, b, y) = (n - 1.0, n * (n - 1.0), n / speed_up - 1.0);
            (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
            (ay, by) = (ay + a * y, by + b * y);
        }
        let both = aa * bb - ab * ab;
        let (sigma, kappa) = ((ay * bb - by * ab) / both, (by * aa - ay * ab) / both);
        match (sigma >= 0.0, kappa >= 0.0) {
            (true, true) => Universal { sigma, kappa },
            (false, true) => Universal { sigma: 0.0, kappa: (by / bb).max(0.0) },
            // Also where the points are too few to tell the two apart.
            _ => Universal { sigma: fit_amdahl(points), kappa: 0.0 },
        }
    }
}

/// Amdahl's serial share, by least squares from points (n, speed-up); 0 if there is nothing to
/// tell it from.
#[must_use]
pub fn fit_amdahl(points: &[(f64, f64)]) -> f64 {
    let (aa, ay) = points.iter().fold((0.0, 0.0), |(aa, ay), (n, speed_up)| {
        let (a, y) = (n - 1.0, n / speed_up - 1.0);
        (aa + a * a, ay + a * y)
    });
    if aa > 0.0 { (ay / aa).max(0.0) } else { 0.0 }
}

/// Little's law: how many are inside on average, when so many come per second and each stays for so
/// many seconds. It holds for whatever has an inside, whatever the order and the distribution.
///
/// John D. C. Little, "A proof for the queuing formula L = λW", Operations Research 9(3), 1961.
#[must_use]
pub fn little(per_second: f64, seconds: f64) -> f64 {
    per_second * seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn amdahl_by_known_values() {
        assert!(near(amdahl(0.0, 8.0), 8.0) && near(amdahl(1.0, 8.0), 1.0));
        assert!(near(amdahl(0.05, 1.0), 1.0));
        // The textbook's: 5 % one after another, and a thousand processors make no 20.
        assert!((amdahl(0.05, 1000.0) - 19.63).abs() < 0.005);
        assert!(near(amdahl(0.25, 6.0), 2.0 + 2.0 / 3.0));
    }

    #[test]
    fn gustafson_by_known_values() {
        // As in his paper: 1024 processors, and 0.4 and 0.8 % of their time one after another.
        for (serial, scaled) in [(0.004, 1020.0), (0.008, 1016.0)] {
            assert!((gustafson(serial, 1024.0) - scaled).abs() < 1.0);
        }
        assert!(near(gustafson(0.25, 1.0), 1.0));
    }

    #[test]
    fn without_coherency_the_universal_law_is_amdahls() {
        for n in [1.0, 2.0, 7.0, 64.0] {
            let law = Universal { sigma: 0.1, kappa: 0.0 };
            assert!(near(law.speed_up(n), amdahl(0.1, n)));
            assert!(law.peak().is_infinite());
        }
    }

    #[test]
    fn the_universal_law_peaks_where_it_says() {
        let law = Universal { sigma: 0.04, kappa: 0.01 };
        let peak = law.peak();
        assert!(near(peak, 96_f64.sqrt()));
        assert!([0.9, 1.1].iter().all(|off| law.speed_up(peak * off) < law.speed_up(peak)));
    }

    #[test]
    fn a_fit_recovers_what_its_points_were_made_of() {
        let ns = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0];
        for (sigma, kappa) in [(0.0, 0.0), (0.05, 0.0), (0.0, 0.02), (0.3, 0.004)] {
            let law = Universal { sigma, kappa };
            let fit = Universal::fit(&ns.map(|n| (n, law.speed_up(n))));
            assert!(near(fit.sigma, sigma) && near(fit.kappa, kappa), "{fit:?}");
            let serial = fit_amdahl(&ns.map(|n| (n, amdahl(sigma, n))));
            assert!(near(serial, sigma), "{serial}");
        }
    }

    #[test]
    fn a_fit_to_points_beside_the_law_is_near_and_never_negative() {
        let ns = [1.0, 2.0, 4.0, 8.0, 16.0];
        let law = Universal { sigma: 0.1, kappa: 0.01 };
        let off = [1.0, 1.03, 0.97, 1.02, 0.98];
        let points: Vec<_> =
            ns.iter().zip(off).map(|(&n, off)| (n, law.speed_up(n) * off)).collect();
        let fit = Universal::fit(&points);
        assert!((fit.sigma - 0.1).abs() < 0.03 && (fit.kappa - 0.01).abs() < 0.003, "{fit:?}");
        // Faster than there are workers: nothing that the law knows of.
        let fit = Universal::fit(&ns.map(|n| (n, n * 1.1)));
        assert_eq!((fit.sigma, fit.kappa), (0.0, 0.0));
        let bent = [(1.0, 1.0), (2.0, 2.0), (4.0, 3.9), (8.0, 4.0)];
        let fit = Universal::fit(&bent);
        assert!(fit.sigma >= 0.0 && fit.kappa > 0.0, "{fit:?}");
        // Two points can't tell two causes apart.
        assert_eq!(Universal::fit(&[(1.0, 1.0), (2.0, 1.6)]).kappa, 0.0);
        assert_eq!(fit_amdahl(&[(1.0, 1.0)]), 0.0);
    }

    #[test]
    fn little_by_a_known_value() {
        // Twenty come an hour and stay half an hour: ten are there.
        assert!(near(little(20.0 / 3600.0, 1800.0), 10.0));
    }
}
