//! Half a century of processors: what their makers say of them.

/// A processor as it was sold.
pub struct Processor {
    /// When.
    pub year: u16,
    /// What it was called.
    pub name: &'static str,
    /// Its clock in MHz, as long as all its cores work (makers call it the base clock).
    pub megahertz: f64,
    /// How many cores it has.
    pub cores: u32,
}

const fn of(year: u16, name: &'static str, megahertz: f64, cores: u32) -> Processor {
    Processor { year, name, megahertz, cores }
}

/// Processors with the instructions of Intel's 8080 and its successors, each among those of its day
/// with the fastest clock up to 2004, and then with the most cores, for desktops up to 2017 and for
/// servers since. In order of years.
///
/// Sources: Intel's "Microprocessor Quick Reference Guide" (up to the Pentium 4) and its product
/// specifications (ark.intel.com), and AMD's product specifications (the EPYCs). The whole picture,
/// with hundreds of processors, is Karl Rupp's "Microprocessor Trend Data", which goes on from data
/// that M. Horowitz and others collected.
pub const PROCESSORS: [Processor; 18] = [
    of(1974, "Intel 8080", 2.0, 1),
    of(1978, "Intel 8086", 5.0, 1),
    of(1985, "Intel 386DX", 16.0, 1),
    of(1989, "Intel 486DX", 25.0, 1),
    of(1993, "Intel Pentium", 66.0, 1),
    of(1995, "Intel Pentium Pro", 200.0, 1),
    of(1999, "Intel Pentium III", 500.0, 1),
    of(2000, "Intel Pentium 4", 1_500.0, 1),
    of(2002, "Intel Pentium 4", 3_060.0, 1),
    of(2004, "Intel Pentium 4 570J", 3_800.0, 1),
    of(2005, "Intel Pentium D 840", 3_200.0, 2),
    of(2006, "Intel Core 2 Extreme QX6700", 2_660.0, 4),
    of(2010, "Intel Core i7-980X", 3_330.0, 6),
    of(2014, "Intel Core i7-5960X", 3_000.0, 8),
    of(2017, "Intel Core i9-7980XE", 2_600.0, 18),
    of(2019, "AMD EPYC 7742", 2_250.0, 64),
    of(2022, "AMD EPYC 9654", 2_400.0, 96),
    of(2024, "AMD EPYC 9965", 2_250.0, 192),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_in_order_and_within_reason() {
        assert!(PROCESSORS.is_sorted_by_key(|processor| processor.year));
        for Processor { year, megahertz, cores, .. } in PROCESSORS {
            assert!((2.0..=6_000.0).contains(&megahertz));
            assert_eq!(cores == 1, year < 2005, "{year}");
        }
    }
}
