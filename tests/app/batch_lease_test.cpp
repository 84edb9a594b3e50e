// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_lease.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "app/batch_journal.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

class BatchLease : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_lease_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A lease of another machine, touched so many seconds ago.
  void foreign(int age_s) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "part")
        << R"({"token": "t", "host": "other", "boot": "b", "since": "yesterday"})";
    fs::last_write_time(folder_ / "part", fs::file_time_type::clock::now() - seconds(age_s));
  }

  fs::path folder_;
};

TEST_F(BatchLease, IsTakenByOneAndGivenBackAtItsEnd) {
  {
    auto first = Lease::take(folder_, "part", seconds(60));
    ASSERT_TRUE(first) << first.error().sentence;
    ASSERT_TRUE(*first);
    EXPECT_TRUE((*first)->is_held());
    LeaseHolder holder;
    const auto second = Lease::take(folder_, "part", seconds(60), &holder);
    ASSERT_TRUE(second);
    EXPECT_FALSE(*second);
    EXPECT_FALSE(holder.host.empty());
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  const auto third = Lease::take(folder_, "part", seconds(60));
  EXPECT_TRUE(third && *third);
}

TEST_F(BatchLease, OfASilentMachineIsTakenOver) {
  foreign(30);
  LeaseHolder holder;
  const auto living = Lease::take(folder_, "part", seconds(60), &holder);
  ASSERT_TRUE(living);
  EXPECT_FALSE(*living);
  EXPECT_EQ(holder.host, "other");
  foreign(90);
  const auto dead = Lease::take(folder_, "part", seconds(60));
  ASSERT_TRUE(dead);
  EXPECT_TRUE(*dead);
}

TEST_F(BatchLease, OfADeadProcessOfThisMachineIsTakenOverAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lease = Lease::take(folder_, "part", seconds(3600));
    ::_exit(lease && *lease ? 0 : 1);  // as if killed: nothing is given back
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(fs::exists(folder_ / "part"));
  const auto taken = Lease::take(folder_, "part", seconds(3600));
  ASSERT_TRUE(taken);
  EXPECT_TRUE(*taken);
}

TEST_F(BatchLease, KnowsThatItWasTakenOver) {
  auto lease = Lease::take(folder_, "part", seconds(60));
  ASSERT_TRUE(lease && *lease);
  foreign(0);
  EXPECT_FALSE((*lease)->is_held());
  lease->reset();
  EXPECT_TRUE(fs::exists(folder_ / "part"));  // the other's stays
}

TEST(BatchJournal, WritesAndReadsARecord) {
  ItemRecord record;
  record.key = 0x0123456789abcdefU;
  record.outcome = ItemRecord::Outcome::Failed;
  record.source = "a \"b\"\n.png";
  record.code = "io";
  record.message = "line\nbreak";
  record.seconds = 0.25;
  record.attempt = 2;
  const std::string line = to_line(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto read = record_of(line);
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_EQ(to_line(*read), line);
  EXPECT_EQ(read->source, record.source);
  EXPECT_FALSE(record_of(line.substr(0, line.size() / 2)));
}

TEST(BatchJournal, AResultCountsMoreThanAFailureWhateverTheirOrder) {
  ItemRecord done;
  done.key = 1;
  done.outcome = ItemRecord::Outcome::Done;
  ItemRecord failed;
  failed.key = 1;
  failed.code = "io";
  for (const bool done_first : {true, false}) {
    JournalFacts facts;
    facts.add(done_first ? done : failed);
    facts.add(done_first ? failed : done);
    EXPECT_EQ(facts.items.at(1).outcome, ItemRecord::Outcome::Done);
  }
}

}  // namespace
}  // namespace latent::app
