//! Each once: the names and numbers that make the rows and columns of tables and charts.

/// In the order in which they come first.
pub fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// From the least to the greatest.
pub fn ascending(all: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut ascending = Vec::from_iter(all);
    ascending.sort_unstable();
    ascending.dedup();
    ascending
}
