//! What our control group leaves us, and each group around it, which counts all that is in it
//! (cgroups(7)). The least of them is what there is.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the groups are, as a rule.
const MOUNTED: &str = "/sys/fs/cgroup";

/// A group's files for one thing that it limits.
struct Files {
    limit: &'static str,
    used: &'static str,
    /// Of what is used, the line of `memory.stat` that counts what is given back when it is wanted.
    given_back: Option<&'static str>,
}

const MEMORY: [Files; 2] = [
    // Version 1, whose statistics are of the whole group only by this name.
    Files {
        limit: "memory.limit_in_bytes",
        used: "memory.usage_in_bytes",
        given_back: Some("total_inactive_file "),
    },
    Files { limit: "memory.max", used: "memory.current", given_back: Some("inactive_file ") },
];

/// The same in both versions.
const PIDS: Files = Files { limit: "pids.max", used: "pids.current", given_back: None };

/// Bytes that can still be had; nothing where there is no limit. Pages of files that nobody has read
/// for long count as free: the kernel takes them back first.
pub fn memory() -> Option<u64> {
    let [one, two] = &MEMORY;
    left("memory", one, two)
}

/// Threads and processes that can still be started; nothing where there is no limit.
pub fn pids() -> Option<u64> {
    left("pids", &PIDS, &PIDS)
}

fn left(controller: &str, one: &Files, two: &Files) -> Option<u64> {
    let told = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups(&told, controller, Path::new(MOUNTED))
        .iter()
        .filter_map(|(group, is_two)| if *is_two { two } else { one }.left(group))
        .min()
}

/// Our group and those around it, by what `/proc/self/cgroup` tells; and whether they are of version 2.
fn groups(told: &str, controller: &str, mounted: &Path) -> Vec<(PathBuf, bool)> {
    let of_line = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?.trim_start_matches('/'));
        let is_two = controllers.is_empty();
        if !is_two && controllers.split(',').all(|other| other != controller) {
            return None;
        }
        let root = if is_two { mounted.to_owned() } else { mounted.join(controller) };
        let group = root.join(path);
        let up = group.ancestors().take_while(|up| up.starts_with(&root));
        Some(up.map(|up| (up.to_owned(), is_two)).collect::<Vec<_>>())
    };
    told.lines().filter_map(of_line).flatten().collect()
}

impl Files {
    fn left(&self, group: &Path) -> Option<u64> {
        let number = |name| super::number(group.join(name));
        let limit = number(self.limit)?;
        let used = number(self.used).unwrap_or(0);
        let given_back = self.given_back.and_then(|line| {
            let told = fs::read_to_string(group.join("memory.stat")).ok()?;
            told.lines().find_map(|told| told.strip_prefix(line))?.trim().parse().ok()
        });
        Some(limit.saturating_sub(used.saturating_sub(given_back.unwrap_or(0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_least_that_any_group_around_us_leaves() {
        let name = format!("benches-{}-control-group", std::process::id());
        let mounted = std::env::temp_dir().join(name);
        let write = |group: &str, files: &[(&str, &str)]| {
            let group = mounted.join(group);
            fs::create_dir_all(&group).unwrap();
            files.iter().for_each(|(name, text)| fs::write(group.join(name), text).unwrap());
        };
        let stat = "anon 500\ninactive_file 300\nactive_file 50\ntotal_inactive_file 400\n";
        write("a", &[("memory.max", "1000\n"), ("memory.current", "900\n"), ("memory.stat", stat)]);
        write("a/b", &[("memory.max", "max\n"), ("memory.current", "800\n")]);
        write("memory/c", &[("memory.limit_in_bytes", "1000\n"), ("memory.stat", stat)]);
        write("memory/c", &[("memory.usage_in_bytes", "950\n")]);
        let left = |told| {
            let groups = groups(told, "memory", &mounted);
            let [one, two] = &MEMORY;
            let left = groups
                .iter()
                .map(|(group, is_two)| if *is_two { two.left(group) } else { one.left(group) });
            left.collect::<Vec<_>>()
        };
        let left = ["0::/a/b\n", "4:memory:/c\n", "3:cpuset:/c\n"].map(left);
        fs::remove_dir_all(&mounted).unwrap();
        // The group itself, then the one around it, then the root.
        assert_eq!(left[0], [None, Some(400), None]);
        assert_eq!(left[1], [Some(450), None]);
        assert_eq!(left[2], []);
    }
}
