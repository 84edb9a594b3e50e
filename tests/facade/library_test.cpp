// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "opened.h"

namespace {

using namespace latent;
using latent_test::bytes_of;
using testing::HasSubstr;
namespace fs = std::filesystem;

class LibraryTest : public latent_test::Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();
    ASSERT_TRUE(library_) << library_.failure().sentence;
    task_.region = Region{600, 400, 256, 192};
    output_.file = folder_ / "out.dng";
  }

  Outcome<JobResult> run(const ProgressFunction& progress = {}, const std::stop_token& stop = {}) {
    const auto job = Job::make(task_, {source_}, output_);
    if (!job) return job.failure();
    return library_->run(*job, progress, stop);
  }
  Failure failure_of_file() {
    const auto result = run();
    if (!result) return result.failure();
    return result->files.at(0).failure;
  }

  fs::path source_ = raw_;
  RawDenoise task_;
  Output output_;
};

TEST_F(LibraryTest, DenoisesARealRaw) {
  double last = 0;
  bool told = false;
  const auto result = run([&](const Progress& progress) {
    EXPECT_GE(progress.fraction, last);
    last = progress.fraction;
    EXPECT_EQ(progress.count, 1U);
    told = told || (progress.result != nullptr && progress.result->width == 256);
  });
  ASSERT_TRUE(result) << result.failure().sentence;
  ASSERT_EQ(result->done, 1U);
  const FileResult& file = result->files.front();
  EXPECT_EQ(file.state, FileResult::State::Done);
  EXPECT_EQ(file.source, source_);
  EXPECT_EQ(file.output, output_.file);
  EXPECT_EQ(file.width, 256);
  EXPECT_EQ(file.height, 192);
  EXPECT_EQ(file.model, "latent-raw");
  EXPECT_EQ(file.precision, "f32");
  EXPECT_THAT(file.facts, HasSubstr("Bayer"));
  EXPECT_EQ(last, 1.0);
  EXPECT_TRUE(told);
  EXPECT_GT(fs::file_size(output_.file), 1000U);
}

TEST_F(LibraryTest, GivesTheBytesOfTheProgramForTheSameSettingsWarmOrNot) {
  task_.strength = 55;
  task_.noise_scale = 1.5;
  output_.compress = false;
  ASSERT_TRUE(run());
  const fs::path by_program = folder_ / "program.dng";
  ASSERT_EQ(program("rawdenoise " + source_.string() +
                    " --strength 55 --noise-scale 1.5 --compression none --precision f32"
                    " --region 600,400,256,192 -q -o " +
                    by_program.string()),
            0);
  EXPECT_EQ(bytes_of(output_.file), bytes_of(by_program));
  const std::string first = bytes_of(output_.file);
  output_.file = folder_ / "again.dng";
  ASSERT_TRUE(run());
  EXPECT_EQ(bytes_of(output_.file), first);
  library_->clear();
  output_.file = folder_ / "cold.dng";
  ASSERT_TRUE(run());
  EXPECT_EQ(bytes_of(output_.file), first);
}

TEST_F(LibraryTest, AFailureIsACodeAndASentenceAndLeavesNoFile) {
  source_ = folder_ / "absent.dng";
  const auto result = run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->failed, 1U);
  const Failure& failure = result->files.front().failure;
  EXPECT_EQ(failure.code, Failure::Code::NotFound);
  EXPECT_THAT(failure.sentence, HasSubstr("absent.dng"));
  EXPECT_FALSE(fs::exists(output_.file));
}

TEST_F(LibraryTest, ItsCallerSetsTheLimits) {
  LibraryOptions options = latent_test::own_options();
  options.limits.side = 100;
  library_ = Library::open(options);
  ASSERT_TRUE(library_);
  const Failure refused = failure_of_file();
  EXPECT_EQ(refused.code, Failure::Code::TooLarge);
  EXPECT_THAT(refused.sentence, HasSubstr("--limit-side"));
  EXPECT_EQ(library_->preview(source_, Denoise{}).failure().code, Failure::Code::TooLarge);
  EXPECT_EQ(library_->info(source_).failure().code, Failure::Code::TooLarge);
  options.limits.side = 0;
  EXPECT_EQ(Library::open(options).failure().code, Failure::Code::Usage);
  options.limits.side = 100;
  options.limits.megapixels = 0;
  EXPECT_EQ(Library::open(options).failure().code, Failure::Code::Usage);
  options = latent_test::own_options();
  options.engine.start_seconds = -1;
  EXPECT_EQ(Library::open(options).failure().code, Failure::Code::Usage);
  options.engine = {};
  options.engine.device = "";
  EXPECT_FALSE(Library::open(options));
}

TEST_F(LibraryTest, AnExistingResultIsKeptUnlessTold) {
  std::ofstream(output_.file) << "precious";
  EXPECT_EQ(failure_of_file().code, Failure::Code::Usage);
  EXPECT_EQ(fs::file_size(output_.file), 8U);
  output_.if_exists = IfExists::Skip;
  const auto skipped = run();
  ASSERT_TRUE(skipped);
  EXPECT_EQ(skipped->skipped, 1U);
  EXPECT_FALSE(skipped->files.front().reason.empty());
  output_.if_exists = IfExists::Overwrite;
  EXPECT_TRUE(run());
  EXPECT_GT(fs::file_size(output_.file), 1000U);
}

TEST_F(LibraryTest, TheSourceIsNeverReplaced) {
  source_ = folder_ / "own.dng";
  fs::copy_file(raw_, source_);
  const auto size = fs::file_size(source_);
  output_.file = folder_ / "link.dng";
  fs::create_symlink(source_, output_.file);
  output_.if_exists = IfExists::Overwrite;
  const Failure failure = failure_of_file();
  EXPECT_EQ(failure.code, Failure::Code::Usage);
  EXPECT_EQ(fs::file_size(source_), size);
}

TEST_F(LibraryTest, OneOfManyThatFailsDoesNotEndTheRest) {
  output_ = {};
  output_.folder = folder_ / "done";
  const auto job = Job::make(task_, {folder_ / "absent.dng", raw_}, output_);
  ASSERT_TRUE(job);
  const auto result = library_->run(job->to_json());
  ASSERT_TRUE(result) << result.failure().sentence;
  EXPECT_EQ(result->done, 1U);
  EXPECT_EQ(result->failed, 1U);
  EXPECT_EQ(result->files.at(1).output, output_.folder / "colorchart_raw-denoise.dng");
}

TEST_F(LibraryTest, AMaskIsAJobLikeAnyOther) {
  const std::string text =
      R"({"latent_job": 1, "task": "mask", "model": "builtin", "sources": [")" + raw_.string() +
      R"("], "settings": {"boxes": ["10%,10%,50%,50%"]}, )" + R"("output": {"file": ")" +
      (folder_ / "mask.pfm").string() + R"("}})";
  const auto result = library_->run(text);
  ASSERT_TRUE(result) << result.failure().sentence;
  ASSERT_EQ(result->done, 1U) << result->files.at(0).failure.sentence;
  EXPECT_EQ(result->files.at(0).output, folder_ / "mask.pfm");
  // Three lines of text, then a float for each pixel.
  EXPECT_NEAR(static_cast<double>(fs::file_size(folder_ / "mask.pfm")), 1734.0 * 1156 * 4, 40);
}

TEST_F(LibraryTest, AModelThatThePolicyRefusesIsNotUsed) {
  std::ofstream(folder_ / "policy.toml") << "licences = ['MIT']\n";
  LibraryOptions options = latent_test::own_options();
  options.config_folder = folder_;
  library_ = Library::open(options);
  const Failure failure = failure_of_file();
  EXPECT_EQ(failure.code, Failure::Code::Unsupported);
  EXPECT_THAT(failure.sentence, HasSubstr("refused by your policy"));
  EXPECT_EQ(library_->preview(raw_, RawDenoise{}).failure().code, Failure::Code::Unsupported);
  EXPECT_FALSE(fs::exists(output_.file));
}

TEST_F(LibraryTest, AStopIsCancelledAndTheNextRunWorks) {
  std::stop_source source;
  task_.region.reset();
  const auto stopped = run(
      [&](const Progress& progress) {
        if (progress.fraction > 0) source.request_stop();
      },
      source.get_token());
  ASSERT_TRUE(stopped) << stopped.failure().sentence;
  EXPECT_TRUE(stopped->cancelled);
  EXPECT_EQ(stopped->done, 0U);
  EXPECT_TRUE(fs::is_empty(folder_));
  task_.region = Region{600, 400, 256, 192};
  EXPECT_EQ(run()->done, 1U);
}

TEST_F(LibraryTest, ManyThreadsMayCallIt) {
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      Output output;
      output.file = folder_ / ("thread" + std::to_string(i) + ".dng");
      const auto job = Job::make(task_, {raw_}, output);
      const auto result = library_->run(*job);
      if (result && result->done == 1) ++done;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(bytes_of(folder_ / "thread0.dng").size(), bytes_of(folder_ / "thread2.dng").size());
}

TEST_F(LibraryTest, TellsWhatTheProgramTellsOfAPhotograph) {
  const auto info = library_->info(raw_);
  ASSERT_TRUE(info) << info.failure().sentence;
  EXPECT_TRUE(info->is_raw);
  EXPECT_EQ(info->sensor, "Bayer");
  EXPECT_TRUE(info->noise.has_value());
  EXPECT_EQ(info->output.filename(), "colorchart_raw-denoise.dng");
  const fs::path printed = folder_ / "info.json";
  ASSERT_EQ(program("info --json " + raw_.string() + " > " + printed.string()), 0);
  EXPECT_EQ(info->json, bytes_of(printed));
}

}  // namespace
