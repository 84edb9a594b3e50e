// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tile_queue.h"

#include <utility>

#include "base/threads.h"

namespace latent::infer {

TileQueue::TileQueue(Compute compute) : compute_(std::move(compute)) {
  thread_ = std::thread([this] { work(); });
}

TileQueue::~TileQueue() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Status TileQueue::start(int slot, ConstTensorView input, TensorView output) {
  LATENT_ENSURE(slot >= 0 && slot < kSlots);
  const std::scoped_lock lock(mutex_);
  Job& job = jobs_[static_cast<std::size_t>(slot)];
  LATENT_ENSURE(!job.busy);
  if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
  job = {input, output, true, std::nullopt};
  queue_.push_back(slot);
  wake_.notify_all();
  return {};
}

Status TileQueue::wait(int slot) {
  LATENT_ENSURE(slot >= 0 && slot < kSlots);
  std::unique_lock lock(mutex_);
  Job& job = jobs_[static_cast<std::size_t>(slot)];
  if (!job.busy) return {};
  wake_.wait(lock, [&] { return job.result.has_value(); });
  job.busy = false;
  if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
  return *std::move(job.result);
}

void TileQueue::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Job& job = jobs_[static_cast<std::size_t>(queue_.front())];
    queue_.pop_front();
    const ConstTensorView input = job.input;
    const TensorView output = job.output;
    lock.unlock();
    Status result = cancelled_ ? Status(fail(ErrorCode::Cancelled, "cancelled"))
                               : run_safely([&] { return compute_(input, output); });
    lock.lock();
    job.result = std::move(result);
    wake_.notify_all();
  }
}

}  // namespace latent::infer
