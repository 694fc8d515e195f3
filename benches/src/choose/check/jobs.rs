//! Random jobs, the same for the same seed.

use workloads::chain::link;

use super::super::job::Job;

/// Random numbers, the same for the same seed: SplitMix64.
struct Random(u64);

impl Random {
    /// From 0 to below 1.
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (link(self.0) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between the two, every order of magnitude as likely as every other.
    fn between(&mut self, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.part())
    }
}

/// The jobs of a seed: a quarter only waits, a quarter only computes, the rest does both; each of
/// some hundred milliseconds, if it is done well.
#[must_use]
pub fn jobs(seed: u64, count: u64) -> Vec<Job> {
    let mut random = Random(seed);
    let job = |number: u64| {
        let (mut cpu_ms, mut wait_ms) = (random.between(0.2, 20.0), random.between(2.0, 100.0));
        match number % 4 {
            0 => cpu_ms = 0.0,
            1 => wait_ms = 0.0,
            _ => {}
        }
        // Rounded, so that what is printed is what was done.
        let (cpu_ms, wait_ms) = ((cpu_ms * 10.0).round() / 10.0, wait_ms.round() as u64);
        let all_ms = random.between(100.0, 600.0);
        // So much computing, or so much waiting of a tenth of the tasks at once.
        let each_ms = f64::max(cpu_ms, wait_ms as f64 / 10.0);
        let tasks = (all_ms / each_ms).round().clamp(1.0, 2_000.0) as u64;
        Job::plain(cpu_ms, wait_ms, tasks)
    };
    (0..count).map(job).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_jobs_and_another_gives_others() {
        assert_eq!(jobs(7, 20), jobs(7, 20));
        assert_ne!(jobs(7, 20), jobs(8, 20));
        let all = jobs(1, 400);
        assert!(all.iter().all(|job| job.computing_ms() < 700.0 && job.tasks >= 1));
        assert!(all.iter().any(|job| job.cpu_ms == 0.0) && all.iter().any(|job| job.wait_ms == 0));
    }
}
