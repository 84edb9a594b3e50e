// SPDX-License-Identifier: GPL-3.0-or-later
// latent-engine: the program in which plug-ins of ONNX Runtime run (decision 87). It is started by
// Latent, with a socket, and by nobody else.
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/child_process.h"
#include "base/threads.h"
#include "infer/hosted/serve.h"

namespace {

constexpr int kNotStarted = 2;
constexpr int kFailed = 3;

bool is_socket(int number) {
  struct stat facts {};
  return ::fstat(number, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

}  // namespace

int main(int argc, char** /*argv*/) {
  if (argc != 1 || !is_socket(latent::ChildProcess::kSocket)) {
    std::fputs(
        "latent-engine runs networks on plug-ins for Latent, which starts it; it does nothing "
        "alone.\n",
        stderr);
    return kNotStarted;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, SIG_IGN);
  latent::Status served;
  const latent::Status ran = latent::run_safely(
      [&] { served = latent::infer::serve_engine(latent::ChildProcess::kSocket); });
  // No destructor of a driver has to run for that, and none may crash.
  std::_Exit(ran && served ? 0 : kFailed);
}
