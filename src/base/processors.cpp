// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace latent {

namespace {

namespace fs = std::filesystem;

int processors_to_run_on() {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Processors for which microseconds of quota in each period are enough; nothing where it is none.
std::optional<int> processors_of(double quota, double period) {
  if (!(quota > 0 && period > 0 && quota / period < 1e6)) return std::nullopt;
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

/// "200000 100000", or "max 100000" where there is no limit.
std::optional<int> unified_quota(const fs::path& folder) {
  std::ifstream file(folder / "cpu.max");
  double quota = 0;
  double period = 0;
  if (!(file >> quota >> period)) return std::nullopt;
  return processors_of(quota, period);
}

std::optional<int> earlier_quota(const fs::path& folder) {
  std::ifstream quotas(folder / "cpu.cfs_quota_us");
  std::ifstream periods(folder / "cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  if (!(quotas >> quota) || !(periods >> period)) return std::nullopt;
  return processors_of(quota, period);
}

/// The least quota of a group and those above it.
template <class Quota>
void lower_to_quotas(const fs::path& mount, const fs::path& group, const Quota& quota_of,
                     int& processors) {
  const fs::path inside = group.relative_path().lexically_normal();
  fs::path folder = mount;
  const auto look = [&] {
    if (const auto quota = quota_of(folder)) processors = std::min(processors, *quota);
  };
  look();
  for (const fs::path& part : inside) {
    if (part == ".." || part == ".") continue;
    folder /= part;
    look();
  }
}

/// Whether "cpu" is one of the words of a list such as "cpu,cpuacct".
bool lists_cpu(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

int usable_processors(const fs::path& root) {
  int processors = processors_to_run_on();
  std::ifstream groups(root / "proc/self/cgroup");
  const fs::path mounts = root / "sys/fs/cgroup";
  // Lines such as "0::/user.slice" (the unified hierarchy) and "4:cpu,cpuacct:/docker/1f".
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      lower_to_quotas(mounts, group, unified_quota, processors);
    } else if (lists_cpu(controllers)) {
      lower_to_quotas(mounts / controllers, group, earlier_quota, processors);
      lower_to_quotas(mounts / "cpu", group, earlier_quota, processors);
    }
  }
  return processors;
}

int threads_within_quota(int wanted) {
  if (wanted > 0) return wanted;
  const int usable = usable_processors();
  return usable < static_cast<int>(std::thread::hardware_concurrency()) ? usable : 0;
}

}  // namespace latent
