// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cage.h"

#include <fmt/format.h>

#ifdef __linux__
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>
#endif

namespace latent {

std::string Cage::words() const {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
  if (landlock > 0) add(fmt::format("landlock {}", landlock));
  if (system_calls) add("seccomp");
  if (limits) add("limits of memory and time");
  return words.empty() ? "none" : words;
}

#ifdef __linux__

namespace {

// ---- files: landlock ----

int landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

/// Every way to a file that the version knows: none is allowed anywhere.
std::uint64_t ways_to_files(int version) {
  constexpr unsigned kOfVersion1 = 13;  // LANDLOCK_ACCESS_FS_EXECUTE to _MAKE_SYM
  unsigned ways = kOfVersion1;
  if (version >= 2) ++ways;  // REFER
  if (version >= 3) ++ways;  // TRUNCATE
  return (std::uint64_t{1} << ways) - 1;
}

int enter_landlock() {
  const int version = landlock_version();
  if (version == 0) return 0;
  landlock_ruleset_attr nothing{};
  nothing.handled_access_fs = ways_to_files(version);
  const auto rules = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &nothing, sizeof(nothing.handled_access_fs), 0));
  if (rules < 0) return 0;
  const bool entered = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  return entered ? version : 0;
}

// ---- system calls: seccomp ----

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;  // seccomp is left out
#endif

/// What decoding needs: to use what is open, memory, threads, time. Nothing that names a file, makes
/// a connection, looks at another process or starts a program.
constexpr std::array kAllowed{
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_ppoll,
    SYS_recvfrom,
    SYS_sendto,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_gettid,
    SYS_getpid,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_sysinfo,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    SYS_uname,
};

using Filter = std::vector<sock_filter>;

constexpr std::uint32_t kNumber = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArch = offsetof(seccomp_data, arch);

/// Where the lower half of an argument lies.
constexpr std::uint32_t argument(unsigned index) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + index * 8;
}

void load(Filter& filter, std::uint32_t place) {
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, place));
}
void answer(Filter& filter, std::uint32_t what) {
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, what));
}
/// The next `then` statements are for this value alone.
void only_for(Filter& filter, std::uint32_t value, unsigned then) {
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, static_cast<std::uint8_t>(then)));
}

constexpr std::uint32_t refuse_with(int error) {
  return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
}

/// Allowed unless one of `bits` of an argument is set, or, `wanted`, unless all of them are.
void by_bits(Filter& filter, long call, unsigned index, std::uint32_t bits, bool wanted) {
  only_for(filter, static_cast<std::uint32_t>(call), 5);
  load(filter, argument(index));
  filter.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wanted ? bits : 0, 0, 1));
  answer(filter, SECCOMP_RET_ALLOW);
  answer(filter, refuse_with(EPERM));
}

Filter call_filter() {
  Filter filter;
  load(filter, kArch);
  only_for(filter, kArchitecture, 1);
  filter.push_back(BPF_STMT(BPF_JMP | BPF_JA, 1));
  answer(filter, SECCOMP_RET_KILL_PROCESS);
  load(filter, kNumber);
  for (const long call : kAllowed) {
    only_for(filter, static_cast<std::uint32_t>(call), 1);
    answer(filter, SECCOMP_RET_ALLOW);
  }
  // fstat() of glibc; with a path it is refused by the next lines, for it names a file.
  by_bits(filter, SYS_newfstatat, 3, AT_EMPTY_PATH, true);
  // Memory, but none that can be executed.
  by_bits(filter, SYS_mmap, 2, PROT_EXEC, false);
  by_bits(filter, SYS_mprotect, 2, PROT_EXEC, false);
  // Threads, but no processes. The flags of clone3 lie in memory, where no filter sees them; glibc
  // takes clone when the kernel has no clone3.
  by_bits(filter, SYS_clone, 0, CLONE_THREAD | CLONE_VM, true);
  only_for(filter, static_cast<std::uint32_t>(SYS_clone3), 1);
  answer(filter, refuse_with(ENOSYS));
  // abort() of this very process.
  only_for(filter, static_cast<std::uint32_t>(SYS_tgkill), 4);
  load(filter, argument(0));
  only_for(filter, static_cast<std::uint32_t>(::getpid()), 1);
  answer(filter, SECCOMP_RET_ALLOW);
  answer(filter, refuse_with(EPERM));
  // Names of threads and of memory, which glibc gives.
  only_for(filter, static_cast<std::uint32_t>(SYS_prctl), 6);
  load(filter, argument(0));
  only_for(filter, PR_SET_NAME, 1);
  answer(filter, SECCOMP_RET_ALLOW);
  only_for(filter, PR_SET_VMA, 1);
  answer(filter, SECCOMP_RET_ALLOW);
  answer(filter, refuse_with(EPERM));
  answer(filter, refuse_with(EPERM));  // and all the rest
  return filter;
}

bool enter_filter() {
  if (kArchitecture == 0) return false;
  Filter filter = call_filter();
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool has_filter() {
  const std::uint32_t action = SECCOMP_RET_ERRNO;
  return kArchitecture != 0 && ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

// ---- memory and time ----

/// Address sanitizer maps terabytes of its own, which would count.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

bool limit(int resource, rlim_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return false;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
  const rlimit wanted{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &wanted) == 0;
}

bool set_limits(const CageRequest& request) {
  bool all = limit(RLIMIT_CORE, 0);
  if (request.most_memory_bytes != 0 && !kSanitized)
    all = limit(RLIMIT_DATA, request.most_memory_bytes) && all;
  if (request.most_cpu_seconds != 0) all = limit(RLIMIT_CPU, request.most_cpu_seconds) && all;
  return all;
}

}  // namespace

Cage enter_cage(const CageRequest& request) {
  Cage cage;
  cage.limits = set_limits(request);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cage;
  cage.landlock = enter_landlock();
  cage.system_calls = enter_filter();
  return cage;
}

Cage cage_of_this_kernel() { return {landlock_version(), has_filter(), true}; }

#else

Cage enter_cage(const CageRequest&) { return {}; }
Cage cage_of_this_kernel() { return {}; }

#endif

}  // namespace latent
