// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/mask_worker.h"

#include "tasks/object_mask.h"

namespace latent::tasks {

MaskWorker::MaskWorker(read::Photograph photograph, mask::FinderMaker make, Ready ready)
    : thread_([this, photograph = std::move(photograph), make = std::move(make),
               ready = std::move(ready)](const std::stop_token& stop) {
        work(stop, photograph, make, ready);
      }) {}

MaskWorker::~MaskWorker() {
  thread_.request_stop();
  {
    const std::scoped_lock lock(mutex_);
    current_.request_stop();
  }
  thread_.join();
}

void MaskWorker::ask(mask::PromptSet prompts, mask::MaskSettings settings, Answer answer) {
  std::optional<Question> left;
  {
    const std::scoped_lock lock(mutex_);
    left = std::exchange(waiting_, Question{std::move(prompts), settings, std::move(answer)});
    current_.request_stop();
    // One that waited was never begun: the thread tells it so, before the new one.
    if (left)
      waiting_->answer = [first = std::move(left->answer),
                          then = std::move(waiting_->answer)](Result<SoftMask> mask) {
        first(fail(ErrorCode::Cancelled, "another click came first"));
        then(std::move(mask));
      };
  }
  changed_.notify_all();
}

std::optional<MaskWorker::Question> MaskWorker::next(const std::stop_token& stop,
                                                     std::stop_source& current) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return waiting_.has_value(); });
  if (stop.stop_requested() || !waiting_) return std::nullopt;
  current_ = std::stop_source();
  current = current_;
  return std::exchange(waiting_, std::nullopt);
}

void MaskWorker::work(const std::stop_token& stop, const read::Photograph& photograph,
                      const mask::FinderMaker& make, const Ready& ready) {
  auto prepared = prepare_object_mask(photograph, {stop, {}}, make);
  if (stop.stop_requested()) return;
  if (!prepared) {
    ready(tl::make_unexpected(prepared.error()));
  } else {
    ready(prepared->session.size());
  }
  std::stop_source current;
  while (auto question = next(stop, current)) {
    if (!prepared) {
      question->answer(tl::make_unexpected(prepared.error()));
      continue;
    }
    auto mask = prepared->session.mask(question->prompts, question->settings, nullptr,
                                       {current.get_token(), {}});
    if (stop.stop_requested()) return;
    question->answer(std::move(mask));
  }
}

}  // namespace latent::tasks
