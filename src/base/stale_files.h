// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent {

/// The name of a file that is being written, ".latent-<boot>-<random>.tmp": 37 bytes, whatever the
/// result is called, so that no legal name becomes too long by it. `boot` is the first word of the
/// kernel's boot id and changes with the machine and with each start of it.
[[nodiscard]] std::string temporary_name();

/// Takes the lock that says that the writer of an open temporary is alive. It is an flock(): it
/// ends with the process however that ends, needs no process id (one is used anew, and means
/// nothing in another container), and the kernel keeps one table of them for all containers.
///
/// Errors   false where a sweep came first: the file is gone, and another name must be taken.
[[nodiscard]] bool hold_temporary(int file);

/// Removes from a folder (an open descriptor) the temporaries of runs that were killed.
///
/// Only a regular file of ours with such a name is looked at, and it is removed
/// - at once, where the name tells of this very boot and nobody holds its lock: its writer ran
/// under
///   this kernel, and has ended;
/// - after three days without a write, where it tells of another boot, or its file system knows no
///   locks, or it is of a version of Latent that held none. It may be a machine that crashed, or
///   another one that writes into the same shared folder now, whose lock this kernel need not see.
///   A living writer writes every few minutes; three days cover a laptop that slept over a weekend.
///
/// One whose lock is held is never removed. Errors are passed over: the next run tries again.
void sweep_stale_files(int folder);

/// sweep_stale_files() where this process has not swept that folder in the last ten minutes, so
/// that a batch of ten thousand pictures does not read the folder ten thousand times.
///
/// Threads  any.
void sweep_stale_files_now_and_then(int folder);

}  // namespace latent
