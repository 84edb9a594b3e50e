// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of the studio, with the real program at work.
#include "app/studio/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "app/studio/queue_runner.h"
#include "app/studio/worker_events.h"
#include "image/picture.h"
#include "write/picture/picture_writer.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::Eq;

const fs::path kProgram = fs::path(LATENT_BINARY_DIR) / "bin" / "latent";

fs::path fresh_folder(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / (name + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

void write_picture(const fs::path& file, Size size = {48, 32}) {
  write::PictureHeader header;
  header.size = size;
  header.depth = SampleDepth::U8;
  auto writer = write::PictureWriter::create(file, write::PictureFormat::Png, header, {});
  ASSERT_TRUE(writer) << writer.error().sentence;
  auto pixels = Image<std::uint8_t>::create(size, 3);
  for (int y = 0; y < size.height; ++y) {
    for (auto& sample : pixels->view().row(y)) sample = static_cast<std::uint8_t>(40 + 3 * y);
  }
  ASSERT_TRUE(writer->write_rows(std::as_const(*pixels).view()));
  ASSERT_TRUE(writer->finish());
}

/// A denoise of strength 0: all of the way but the network, in a moment.
NewItem quick_item(const fs::path& source) {
  NewItem item;
  item.job = *new_job("denoise");
  std::get<tasks::DenoiseSettings>(item.job.settings).strength = 0;
  item.job.sources = {source};
  item.pattern = "$(FILE_FOLDER)/out/$(FILE_NAME)$(SUFFIX)";
  item.megapixels = 0.0015;
  return item;
}

std::vector<NewItem> batch(const fs::path& folder, int count) {
  std::vector<NewItem> items;
  for (int i = 0; i < count; ++i) {
    const fs::path file = folder / ("p" + std::to_string(100 + i) + ".png");
    write_picture(file);
    items.push_back(quick_item(file));
  }
  return items;
}

std::size_t files_in(const fs::path& folder) {
  std::error_code none;
  std::size_t count = 0;
  for (fs::directory_iterator entry(folder, none), end; !none && entry != end; ++entry) ++count;
  return count;
}

template <class Condition>
bool wait_for(const Condition& condition,
              std::chrono::seconds longest = std::chrono::seconds(120)) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::size_t count_of(const Queue& queue, ItemState state) {
  std::size_t count = 0;
  const auto items = queue.items();
  for (const QueueItem& item : *items) count += item.state == state ? 1 : 0;
  return count;
}

/// Works until nothing waits.
void run_all(Queue& queue, const fs::path& folder, std::vector<QueueItem>* seen = nullptr) {
  std::atomic<bool> idle = false;
  std::mutex mutex;
  QueueRunner runner(queue, kProgram, folder / "queue.lock",
                     {[&](const QueueItem& item) {
                        const std::scoped_lock lock(mutex);
                        if (seen != nullptr) seen->push_back(item);
                      },
                      [&] { idle = true; }, [](const std::string&, double) {}});
  ASSERT_TRUE(runner.is_ours());
  ASSERT_TRUE(wait_for([&] { return idle.load(); }));
}

TEST(StudioQueue, DoesABatchAndSaysWhereEachResultIs) {
  const fs::path folder = fresh_folder("queue_batch");
  auto queue = Queue::open(folder / "queue.sqlite");
  ASSERT_TRUE(queue) << queue.error().sentence;
  auto items = batch(folder, 3);
  items[1].job.sources = {folder / "gone.png"};
  ASSERT_TRUE((*queue)->add(items));
  std::vector<QueueItem> seen;
  run_all(**queue, folder, &seen);
  const auto all = (*queue)->items();
  ASSERT_THAT(all->size(), Eq(3U));
  EXPECT_TRUE(all->at(0).state == ItemState::Done) << all->at(0).message;
  EXPECT_TRUE(fs::exists(all->at(0).output));
  EXPECT_TRUE(all->at(1).state == ItemState::Failed);
  EXPECT_THAT(all->at(1).message, testing::HasSubstr("gone.png"));
  EXPECT_TRUE(all->at(2).state == ItemState::Done);
  double last = 0;
  for (const QueueItem& item : seen) {
    if (item.id != 1) continue;
    EXPECT_GE(item.fraction, last) << "percent only grows";
    last = item.fraction;
  }
}

TEST(StudioQueue, DoesMasksToo) {
  const fs::path folder = fresh_folder("queue_mask");
  auto queue = Queue::open(folder / "queue.sqlite");
  ASSERT_TRUE(queue) << queue.error().sentence;
  NewItem item = quick_item(folder / "photo.png");
  write_picture(item.job.sources.front());
  item.job = *new_job("mask");
  item.job.model = "builtin";
  item.job.sources = {folder / "photo.png"};
  std::get<MaskChoice>(item.job.settings).boxes = {"10%,10%,80%,80%"};
  ASSERT_TRUE((*queue)->add({item}));
  run_all(**queue, folder);
  const auto all = (*queue)->items();
  ASSERT_THAT(all->size(), Eq(1U));
  EXPECT_TRUE(all->at(0).state == ItemState::Done) << all->at(0).message;
  EXPECT_THAT(all->at(0).output, Eq(folder / "out" / "photo_mask.png"));
  EXPECT_TRUE(fs::exists(all->at(0).output));
}

TEST(StudioQueue, LosesNothingAndDoesNothingTwiceAfterKill9) {
  constexpr int kCount = 50;
  const fs::path folder = fresh_folder("queue_kill");
  const auto items = batch(folder, kCount);
  const pid_t child = ::fork();
  if (child == 0) {  // the studio that is killed
    auto queue = Queue::open(folder / "queue.sqlite");
    if (!queue || !(*queue)->add(items)) ::_exit(1);
    QueueRunner runner(**queue, kProgram, folder / "queue.lock",
                       {[](const QueueItem&) {}, [] {}, [](const std::string&, double) {}});
    while (true) ::pause();
  }
  ASSERT_TRUE(wait_for([&] { return files_in(folder / "out") >= 7; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::map<fs::path, fs::file_time_type> made;
  for (const auto& entry : fs::directory_iterator(folder / "out")) {
    if (!entry.path().filename().native().starts_with('.')) {
      made[entry.path()] = entry.last_write_time();
    }
  }
  std::vector<std::string> notices;
  auto queue = Queue::open(folder / "queue.sqlite", &notices);
  ASSERT_TRUE(queue) << queue.error().sentence;
  EXPECT_TRUE(notices.empty()) << notices.front();
  EXPECT_THAT((*queue)->items()->size(), Eq(std::size_t{kCount})) << "nothing is lost";
  run_all(**queue, folder);
  EXPECT_THAT(count_of(**queue, ItemState::Done), Eq(std::size_t{kCount}));
  EXPECT_THAT(files_in(folder / "out"), Eq(std::size_t{kCount})) << "nothing is done twice";
  for (const auto& [file, time] : made) {
    EXPECT_TRUE(fs::last_write_time(file) == time) << file << " was made before the crash";
  }
  for (const NewItem& item : items) {
    const fs::path source = item.job.sources.front();
    EXPECT_TRUE(fs::exists(folder / "out" / (source.stem().native() + "_denoise.tif")));
  }
}

TEST(StudioQueue, KnowsAResultThatWasNamedJustBeforeTheCrash) {
  const fs::path folder = fresh_folder("queue_named");
  const auto items = batch(folder, 1);
  {
    auto queue = Queue::open(folder / "queue.sqlite");
    ASSERT_TRUE((*queue)->add(items));
    const auto order = (*queue)->take_next();
    ASSERT_TRUE(order && *order);
    ASSERT_TRUE((*order)->item.state == ItemState::Running) << (*order)->item.message;
    write_picture((*order)->item.output.parent_path() / "x.png");
    fs::rename((*order)->item.output.parent_path() / "x.png", (*order)->item.output);
  }
  auto queue = Queue::open(folder / "queue.sqlite");
  ASSERT_TRUE((*queue)->take_over());
  EXPECT_TRUE((*queue)->items()->front().state == ItemState::Done);
}

TEST(StudioQueue, CancelsMovesAndRetries) {
  const fs::path folder = fresh_folder("queue_order");
  auto queue = Queue::open(folder / "queue.sqlite");
  ASSERT_TRUE((*queue)->add(batch(folder, 3)));
  ASSERT_TRUE((*queue)->move(3, 1));
  EXPECT_THAT((*queue)->items()->front().id, Eq(3));
  ASSERT_TRUE((*queue)->move(3, 0));
  EXPECT_THAT((*queue)->items()->back().id, Eq(3));
  ASSERT_TRUE((*queue)->cancel(2));
  EXPECT_THAT(count_of(**queue, ItemState::Cancelled), Eq(1U));
  ASSERT_TRUE((*queue)->retry(2));
  EXPECT_THAT(count_of(**queue, ItemState::Waiting), Eq(3U));
  ASSERT_TRUE((*queue)->cancel_waiting());
  ASSERT_TRUE((*queue)->forget_ended());
  EXPECT_TRUE((*queue)->items()->empty());
}

TEST(StudioQueue, NeverReplacesTheSourceOrAnotherFile) {
  const fs::path folder = fresh_folder("queue_source");
  auto queue = Queue::open(folder / "queue.sqlite");
  auto items = batch(folder, 1);
  items[0].pattern = "$(FILE_FOLDER)/$(FILE_NAME)";
  items[0].job.format = "png";
  items[0].job.output.if_exists = IfExists::Overwrite;
  auto other = quick_item(items[0].job.sources.front());
  other.job.output.if_exists = IfExists::Overwrite;
  fs::create_directories(folder / "out");
  std::ofstream(folder / "out" / "p100_denoise.tif") << "a letter to somebody";
  items.push_back(other);
  ASSERT_TRUE((*queue)->add(items));
  const auto first = (*queue)->take_next();
  EXPECT_TRUE((*first)->item.state == ItemState::Failed) << "its own source";
  const auto second = (*queue)->take_next();
  EXPECT_THAT((*second)->item.output.filename().native(), Eq("p100_denoise_1.tif"))
      << "what Latent has not made is not replaced";
}

TEST(StudioQueue, LetsOneProgramAtATimeWork) {
  const fs::path folder = fresh_folder("queue_two");
  auto queue = Queue::open(folder / "queue.sqlite");
  const QueueRunner::Callbacks none{[](const QueueItem&) {}, [] {},
                                    [](const std::string&, double) {}};
  const QueueRunner first(**queue, kProgram, folder / "queue.lock", none);
  const QueueRunner second(**queue, kProgram, folder / "queue.lock", none);
  EXPECT_TRUE(first.is_ours());
  EXPECT_FALSE(second.is_ours());
}

TEST(StudioQueue, OutlivesAWorkerThatCrashes) {
  const fs::path folder = fresh_folder("queue_crash");
  const fs::path program = folder / "crash.sh";
  std::ofstream(program) << "#!/bin/sh\ncat > /dev/null\nkill -SEGV $$\n";
  fs::permissions(program, fs::perms::owner_all);
  auto queue = Queue::open(folder / "queue.sqlite");
  ASSERT_TRUE((*queue)->add(batch(folder, 2)));
  std::atomic<bool> idle = false;
  {
    QueueRunner runner(
        **queue, program, folder / "queue.lock",
        {[](const QueueItem&) {}, [&] { idle = true; }, [](const std::string&, double) {}});
    ASSERT_TRUE(wait_for([&] { return idle.load(); }));
  }
  EXPECT_THAT(count_of(**queue, ItemState::Failed), Eq(2U)) << "one picture each, and it goes on";
  EXPECT_THAT((*queue)->items()->front().message, testing::HasSubstr("worker ended"));
}

TEST(WorkerEvents, AreReadStrictly) {
  const auto progress = parse_event(R"({"event":"progress","file":"a","fraction":0.5})");
  ASSERT_TRUE(progress);
  EXPECT_THAT(progress->fraction, testing::DoubleEq(0.5));
  EXPECT_FALSE(parse_event("[1, 2]"));
  EXPECT_FALSE(parse_event("Segmentation fault"));
  EXPECT_TRUE(parse_event(R"({"event":"what"})")->kind == WorkerEvent::Kind::Other);
}

}  // namespace
}  // namespace latent::app
