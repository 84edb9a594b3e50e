// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace latent {

/// Processors that this process may keep busy at once: those that it may run on, and no more than
/// the quota of its control groups (containers, batch systems, systemd) rounded up; 1 at least.
///
/// Threads beyond a quota do not run faster but stop each other: the kernel lets none of them run
/// for the rest of a period in which all together have used up the quota.
///
/// `root`: where /proc and /sys are, for tests.
/// Source   cgroups(7); Linux, Documentation/admin-guide/cgroup-v2.rst (cpu.max) and
///          scheduler/sched-bwc.rst (cpu.cfs_quota_us).
[[nodiscard]] int usable_processors(const std::filesystem::path& root = "/");

/// The number of threads to ask a library for that takes 0 for all of the machine's: `wanted` where
/// it is one, 0 where nothing forbids to use all, else usable_processors().
[[nodiscard]] int threads_within_quota(int wanted);

}  // namespace latent
