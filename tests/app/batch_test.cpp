// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/safe_file.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Keeps what it is told, a line each.
class Told : public BatchObserver {
 public:
  void started(const fs::path&, std::size_t, std::size_t) override {}
  void progressed(double) override {}
  void expects(const fs::path&, const LargeResult&) override {}
  void finished(const FileReport& report) override {
    lines.push_back("done " + report.output.filename().string());
  }
  void skipped(const fs::path&, const fs::path& existing) override {
    lines.push_back("skipped " + existing.filename().string());
  }
  void failed(const fs::path&, const Error& error) override {
    lines.push_back("failed " + error.sentence);
  }
  std::vector<std::string> lines;
};

class BatchTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_batch_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    batch_.output.folder = folder_ / "out";
    batch_.suffix = "_denoise";
    batch_.extension = "tif";
    // A task that writes where its result came from.
    batch_.run = [](const fs::path& source, const OutputName& output, const Batch::Foresee&,
                    const RunControl&) -> Result<TaskAnswer> {
      std::ofstream(output.path) << source.string();
      return Result<TaskAnswer>(tl::in_place);
    };
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path touch(const std::string& name) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "source";
    return folder_ / name;
  }
  std::string content(const std::string& name) {
    std::string text;
    std::getline(std::ifstream(folder_ / name), text);
    return text;
  }

  fs::path folder_;
  Batch batch_;
};

TEST_F(BatchTest, EverySourceHasAResultOfItsOwnAlsoWhenItIsTakenUpAgain) {
  batch_.sources = {touch("c1/a.png"), touch("c2/a.png")};
  batch_.output.if_exists = IfExists::Overwrite;
  Told first;
  EXPECT_EQ(run_batch(batch_, first, {}).done, 2U);
  EXPECT_EQ(content("out/a_c1_denoise.tif"), batch_.sources[0]);
  EXPECT_EQ(content("out/a_c2_denoise.tif"), batch_.sources[1]);
  fs::remove(folder_ / "out/a_c2_denoise.tif");
  batch_.output.if_exists = IfExists::Skip;
  Told again;
  EXPECT_EQ(run_batch(batch_, again, {}).failed, 0U);
  EXPECT_THAT(again.lines, ElementsAre("skipped a_c1_denoise.tif", "done a_c2_denoise.tif"));
}

TEST_F(BatchTest, ASourceIsLeftAsItIsAndTheRestGoesOn) {
  batch_.sources = {touch("d/a.png"), touch("d/a_denoise.tif"), touch("d/b.png")};
  batch_.output = {.file = {}, .folder = {}, .if_exists = IfExists::Overwrite};
  Told told;
  const BatchResult result = run_batch(batch_, told, {});
  EXPECT_EQ(result.failed, 2U);
  EXPECT_EQ(result.done, 1U);
  EXPECT_THAT(told.lines[0], HasSubstr("which is a source of this run"));
  EXPECT_EQ(told.lines[2], "done b_denoise.tif");
  EXPECT_EQ(content("d/a_denoise.tif"), "source");
}

/// Writes as SafeFile does; the first time another program is quicker.
Batch::Run overtaken_once() {
  return [first = true](const fs::path& source, const OutputName& output, const Batch::Foresee&,
                        const RunControl&) mutable -> Result<TaskAnswer> {
    const Overwrite overwrite = output.overwrite ? Overwrite::Replace : Overwrite::Refuse;
    LATENT_TRY(auto file, SafeFile::create(output.path, {.overwrite = overwrite}));
    if (std::exchange(first, false)) std::ofstream(output.path) << "another's";
    LATENT_CHECK(file.write(source.native()));
    LATENT_CHECK(file.commit());
    return Result<TaskAnswer>(tl::in_place);
  };
}

TEST_F(BatchTest, ANameThatIsTakenMeanwhileFollowsTheRule) {
  const auto told_by = [&](IfExists rule) {
    fs::remove_all(folder_ / "out");
    batch_.output.if_exists = rule;
    batch_.run = overtaken_once();
    Told told;
    (void)run_batch(batch_, told, {});
    return told.lines;
  };
  batch_.sources = {touch("a.png")};
  EXPECT_THAT(told_by(IfExists::Skip), ElementsAre("skipped a_denoise.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_THAT(told_by(IfExists::NextFreeName), ElementsAre("done a_denoise_1.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_EQ(content("out/a_denoise_1.tif"), batch_.sources[0]);
  EXPECT_THAT(told_by(IfExists::Refuse), ElementsAre(HasSubstr("is there already")));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_THAT(told_by(IfExists::Overwrite), ElementsAre("done a_denoise.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), batch_.sources[0]);
}

TEST_F(BatchTest, WhateverIsThrownEndsItsOwnFileOnly) {
  batch_.sources = {touch("d/a.png"), touch("d/b.png"), touch("d/c.png"), touch("d/d.png")};
  batch_.run = [](const fs::path& source, const OutputName&, const Batch::Foresee&,
                  const RunControl&) -> Result<TaskAnswer> {
    if (source.stem() == "a") throw std::bad_alloc();
    if (source.stem() == "b") throw std::runtime_error("a wheel came off");
    if (source.stem() == "c") throw 7;  // NOLINT(hicpp-exception-baseclass)
    return Result<TaskAnswer>(tl::in_place);
  };
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).failed, 3U);
  EXPECT_THAT(told.lines,
              ElementsAre(HasSubstr("a.png': it needs more memory than this machine gives"),
                          HasSubstr("b.png': internal fault: a wheel came off"),
                          HasSubstr("c.png': internal fault"), "done d_denoise.tif"));
}

TEST_F(BatchTest, WithoutARuleForWhatIsThereNumbersCountOn) {
  batch_.sources = {touch("d/a.png"), touch("d/a_denoise.png")};
  batch_.output = {};
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).done, 2U);
  EXPECT_THAT(told.lines, ElementsAre("done a_denoise.tif", "done a_denoise_1.tif"));
}

}  // namespace
}  // namespace latent::app
