// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/task.h"

#include <utility>

#include "base/path.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

template <class T>
Result<T> named(const fs::path& source, Result<T> result) {
  if (!result) return tl::make_unexpected(naming(source, std::move(result).error()));
  return result;
}

}  // namespace

Error naming(const fs::path& source, Error error) {
  if (error.code != ErrorCode::Cancelled && error.subject.empty()) {
    error.sentence = quoted(source) + ": " + error.sentence;
    error.subject = source;
  }
  return error;
}

Result<Prepared> Task::prepare(const read::Photograph& photograph, const RunControl& control,
                               const Next* next) {
  // Progress is that of the work, which begins when the photograph is there.
  const Stopwatch watch;
  auto inside = work_->prepare(photograph, next, {control.stop, {}});
  if (!inside) {
    return tl::make_unexpected(naming(photograph.path(), std::move(inside).error()));
  }
  (*inside)->seconds.total = watch.seconds();
  return Prepared(*std::move(inside));
}

Result<Shown> Task::show(Prepared& prepared, const Rect& region, const Settings& settings,
                         const RunControl& control) {
  Prepared::Inside& inside = *prepared.inside_;
  return named(inside.photograph.path(), work_->show(inside, region, settings, control));
}

Result<AnyReport> Task::write(Prepared& prepared, const Target& target, const Settings& settings,
                              const RunControl& control) {
  const Stopwatch watch;
  Prepared::Inside& inside = *prepared.inside_;
  auto report = work_->write(inside, target, settings, control);
  if (!report)
    return tl::make_unexpected(naming(inside.photograph.path(), std::move(report).error()));
  TaskReport& told = common(*report);
  std::error_code ignored;
  told.output_bytes = fs::file_size(told.output, ignored);
  if (ignored) told.output_bytes = 0;  // handed over, or written by who asked
  told.seconds.total = inside.seconds.total + watch.seconds();
  return report;
}

Result<AnyReport> Task::run(const read::Photograph& photograph, const Target& target,
                            const Settings& settings, const RunControl& control) {
  const Next next{settings, target};
  LATENT_TRY(Prepared prepared, prepare(photograph, control, &next));
  return write(prepared, target, settings, control);
}

}  // namespace latent::tasks
