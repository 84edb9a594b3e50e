// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "golden.h"
#include "patterns.h"

namespace latent::rgb {
namespace {

Image<float> enlarged(const Image<float>& source, int scale) {
  auto out =
      Image<float>::create({source.width() * scale, source.height() * scale}, source.channels());
  enlarge_rows(source.view(), 0, source.height(), scale, 0, out->view());
  return *std::move(out);
}

Image<float> reduced(const Image<float>& source, int scale) {
  auto out =
      Image<float>::create({source.width() / scale, source.height() / scale}, source.channels());
  reduce_rows(source.view(), 0, source.height(), scale, 0, out->view());
  return *std::move(out);
}

template <class Golden>
void expect_golden(const float* samples, const Golden& golden, std::size_t step) {
  for (std::size_t k = 0; k < golden.size(); ++k) {
    EXPECT_NEAR(samples[step * k], golden[k], 1e-5) << k;
  }
}

std::vector<float> samples_of(const Image<float>& image) {
  const float* data = image.view().data();
  return {data, data + image.size().area() * image.channels()};
}

TEST(Resample, AgreesWithTheJudge) {
  const auto small = picture_of({11, 9}, plain_noise);
  const auto large = picture_of({48, 40}, plain_noise);
  expect_golden(enlarged(small, 2).view().data(), golden::kEnlarged2, 7);
  expect_golden(enlarged(small, 4).view().data(), golden::kEnlarged4, 7);
  expect_golden(reduced(large, 2).view().data(), golden::kReduced2, 5);
  expect_golden(reduced(large, 4).view().data(), golden::kReduced4, 5);
}

TEST(Resample, TinyPictures) {
  expect_golden(enlarged(picture_of({1, 2}, plain_noise), 4).view().data(), golden::kEnlargedTiny,
                1);
  expect_golden(reduced(picture_of({4, 8}, plain_noise), 4).view().data(), golden::kReducedTiny, 1);
  const auto one = enlarged(picture_of({1, 1}, plain_noise), 2);
  for (const float value : samples_of(one)) EXPECT_TRUE(std::isfinite(value));
}

TEST(Resample, AConstantStaysOneAlsoFarBeyondWhite) {
  for (const int channels : {1, 2, 3, 4}) {
    const auto flat = picture_of(
        {10, 7}, [](auto, auto, auto) { return 8.0; }, channels);
    for (const float value : samples_of(enlarged(flat, 4))) EXPECT_NEAR(value, 8.0F, 4e-6F);
    for (const float value : samples_of(reduced(flat, 2))) EXPECT_NEAR(value, 8.0F, 4e-6F);
  }
}

TEST(Resample, AnEnlargementMayBeWiderThanWhatIsRead) {
  constexpr Size kSource{17'000, 4};  // 68,000 across
  auto large =
      Image<float>::create({kSource.width * 4, kSource.height * 4}, 3, no_limits_of_pixels());
  ASSERT_TRUE(large);
  const auto zeros = [](int, ImageView<float>) {};
  auto consistency = Consistency::create(kSource, 3, 4, 2, zeros, 1);
  ASSERT_TRUE(consistency);
  const auto rows = consistency->add(std::as_const(*large).view());
  ASSERT_TRUE(rows) << rows.error().sentence;
  EXPECT_EQ(rows->size(), large->size());
}

TEST(Resample, ChannelsAreApart) {
  const auto colour = picture_of({13, 9}, plain_noise);
  const auto whole = enlarged(colour, 2);
  for (int c = 0; c < 3; ++c) {
    const auto single = picture_of(
        {13, 9}, [&](auto x, auto y, auto) { return plain_noise(x, y, static_cast<unsigned>(c)); },
        1);
    const auto one = enlarged(single, 2);
    for (int y = 0; y < 18; ++y) {
      for (int x = 0; x < 26; ++x) EXPECT_EQ(one.view().at(x, y), whole.view().at(x, y, c));
    }
  }
}

TEST(Resample, AnyRowsComeFromTheRowsTheyNeed) {
  for (const int scale : {2, 4}) {
    const auto small = picture_of({17, 40}, plain_noise);
    const auto whole = enlarged(small, scale);
    for (const int first : {0, 3 * scale + 1, 40 * scale - 5}) {
      const int top = std::max(0, first / scale - kEnlargeReach);
      const int bottom = std::min(40, (first + 4) / scale + kEnlargeReach + 1);
      auto out = Image<float>::create({17 * scale, 5}, 3);
      enlarge_rows(small.view().crop({0, top, 17, bottom - top}), top, 40, scale, first,
                   out->view());
      for (int y = 0; y < 5; ++y) {
        EXPECT_TRUE(std::ranges::equal(out->view().row(y), whole.view().row(first + y)));
      }
    }
    const auto large = picture_of({16 * scale, 20 * scale}, plain_noise);
    const auto less = reduced(large, scale);
    for (const int first : {0, 7, 17}) {
      const int top = std::max(0, first * scale - reduce_reach(scale));
      const int bottom = std::min(20 * scale, (first + 3) * scale + reduce_reach(scale));
      auto out = Image<float>::create({16, 3}, 3);
      reduce_rows(large.view().crop({0, top, 16 * scale, bottom - top}), top, 20 * scale, scale,
                  first, out->view());
      for (int y = 0; y < 3; ++y) {
        EXPECT_TRUE(std::ranges::equal(out->view().row(y), less.view().row(first + y)));
      }
    }
  }
}

struct Cut {
  int chunk = 1000;
  int threads = 1;
};

struct Made {
  std::vector<float> samples;
  double rms = 0;
};

Made made_consistent(const Image<float>& source, const Image<float>& start, int scale, int rounds,
                     const Cut& cut = {}) {
  int asked = 0;
  const auto read = [&](int first, ImageView<float> out) {
    EXPECT_EQ(first, asked);
    asked += out.height();
    for (int y = 0; y < out.height(); ++y) {
      const auto row = source.view().row(first + y);
      std::copy(row.begin(), row.end(), out.row(y).begin());
    }
  };
  auto consistency =
      Consistency::create(source.size(), source.channels(), scale, rounds, read, cut.threads);
  EXPECT_TRUE(consistency);
  Made made;
  int next = 0;
  for (int y = 0; y < start.height(); y += cut.chunk) {
    const int rows = std::min(cut.chunk, start.height() - y);
    const auto out = consistency->add(start.view().crop({0, y, start.width(), rows}));
    EXPECT_TRUE(out);
    EXPECT_EQ(consistency->first_row(), next);
    for (int k = 0; k < out->height(); ++k) {
      made.samples.insert(made.samples.end(), out->row(k).begin(), out->row(k).end());
    }
    next += out->height();
  }
  EXPECT_EQ(next, start.height());
  made.rms = consistency->residual_rms();
  return made;
}

Image<float> start_of(Size source, int scale) {
  return picture_of({source.width * scale, source.height * scale},
                    [](auto x, auto y, auto c) { return hashed_normal(x, y, c, 2); });
}

TEST(Consistency, AgreesWithTheJudge) {
  const auto source = picture_of({12, 10}, plain_noise);
  expect_golden(made_consistent(source, start_of({12, 10}, 2), 2, 2).samples.data(),
                golden::kConsistent2, 11);
  expect_golden(made_consistent(source, start_of({12, 10}, 4), 4, 2).samples.data(),
                golden::kConsistent4, 11);
}

TEST(Consistency, DoesNotDependOnCutsOrThreads) {
  for (const Size size : {Size{31, 60}, Size{40, 9}, Size{1, 1}, Size{3, 2}}) {
    for (const int scale : {2, 4}) {
      const auto source = picture_of(size, plain_noise);
      const auto start = start_of(size, scale);
      const Made whole = made_consistent(source, start, scale, 2);
      for (const Cut& cut : {Cut{1, 1}, Cut{7, 2}, Cut{64, 5}}) {
        const Made again = made_consistent(source, start, scale, 2, cut);
        EXPECT_EQ(again.samples, whole.samples) << size.height << " " << scale << " " << cut.chunk;
        EXPECT_EQ(again.rms, whole.rms);
      }
    }
  }
}

TEST(Consistency, TheResidualIsThatOfTheResultAndShrinks) {
  const Size size{64, 48};
  const auto source = picture_of(size, [](auto x, auto y, auto c) {
    return 0.5 + 0.3 * std::sin(0.5 * x + c) * std::cos(0.4 * y) + (x > 30 ? 0.2 : 0.0);
  });
  for (const int scale : {2, 4}) {
    const auto start = enlarged(source, scale);
    double before = 1;
    for (int rounds = 0; rounds < 3; ++rounds) {
      const Made made = made_consistent(source, start, scale, rounds, {16, 2});
      auto result = Image<float>::create(start.size(), 3);
      std::copy(made.samples.begin(), made.samples.end(), result->view().data());
      const auto back = reduced(*result, scale);
      double squares = 0;
      for (std::int64_t k = 0; k < size.area() * 3; ++k) {
        const double off = static_cast<double>(source.view().data()[k]) -
                           static_cast<double>(back.view().data()[k]);
        squares += off * off;
      }
      EXPECT_NEAR(made.rms, std::sqrt(squares / static_cast<double>(size.area() * 3)), 1e-7);
      EXPECT_LT(made.rms, 0.6 * before);
      before = made.rms;
    }
    EXPECT_LT(before, 1.0 / 255);
  }
}

TEST(Consistency, WithoutARoundTheEnlargementComesBack) {
  const auto source = picture_of({9, 7}, plain_noise);
  const auto start = start_of({9, 7}, 2);
  const Made made = made_consistent(source, start, 2, 0, {5, 1});
  EXPECT_EQ(made.samples, samples_of(start));
  EXPECT_GT(made.rms, 0.1);
}

}  // namespace
}  // namespace latent::rgb
