// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/processors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Processors : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    all_ = usable_processors(folder_ / "nothing");
  }
  void put(const fs::path& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] int found() const { return usable_processors(folder_); }

  int all_ = 0;  ///< where there is no quota
};

TEST_F(Processors, WithoutGroupsAreThoseThatItMayRunOn) {
  EXPECT_GE(all_, 1);
  EXPECT_GE(usable_processors(), 1);
  EXPECT_LE(usable_processors(), all_);
}

TEST_F(Processors, AreNoMoreThanTheQuotaRoundedUp) {
  put("proc/self/cgroup", "0::/a/b\n");
  put("sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(found(), 1);
  put("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
  EXPECT_EQ(found(), std::min(all_, 2));
  put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(found(), all_);
}

TEST_F(Processors, AGroupAboveCountsToo) {
  put("proc/self/cgroup", "0::/a/b\n");
  put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  put("sys/fs/cgroup/a/cpu.max", "90000 100000\n");
  EXPECT_EQ(found(), 1);
}

TEST_F(Processors, AContainerSeesItsOwnGroupAtTheMount) {
  put("proc/self/cgroup", "0::/docker/1f\n");
  put("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(found(), 1);
}

TEST_F(Processors, TheEarlierHierarchyIsReadToo) {
  put("proc/self/cgroup", "7:memory:/x\n4:cpu,cpuacct:/x\n1:name=systemd:/\n");
  put("sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "80000\n");
  put("sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(found(), 1);
  put("sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(found(), all_);
}

TEST_F(Processors, WhatIsNoQuotaIsNone) {
  put("proc/self/cgroup", "rubbish\n0::\n0::/../../a\n:::\n");
  for (const char* text : {"", "0 0", "-5 100000", "nan 1", "1e300 1", "100000", "x y"}) {
    put("sys/fs/cgroup/cpu.max", text);
    EXPECT_EQ(found(), all_) << text;
  }
}

}  // namespace
}  // namespace latent
