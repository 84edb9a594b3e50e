// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/count_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tasks/raw/exact_rows.h"

namespace latent::tasks {

namespace {

class CountRows final : public DngRows {
 public:
  CountRows(const Mosaic& mosaic, DngPlan plan, RowSink take)
      : mosaic_(mosaic),
        plan_(std::move(plan)),
        take_(std::move(take)),
        counts_(static_cast<std::size_t>(plan_.area.width)),
        floats_(plan_.exact ? counts_.size() : 0) {}

  Status add(const CleanRows& rows) override {
    for (int row = 0; row < rows.counts.height(); ++row) {
      const int row_of_area = rows.first_row + row;
      blend_row(plan_, row_of_area, source_row(row_of_area), rows.counts.row(row), counts_);
      LATENT_CHECK(hand_over(row_of_area));
    }
    return {};
  }

  Status add_source(const RunControl& control) override {
    for (int row = 0; row < plan_.area.height; ++row) {
      LATENT_CHECK(control.check());
      std::ranges::copy(source_row(row), counts_.begin());
      LATENT_CHECK(hand_over(row));
      control.report(static_cast<double>(row + 1) / plan_.area.height);
    }
    return {};
  }

  Status finish(const RunControl& /*control*/) override { return {}; }
  Status finish_as(const std::filesystem::path& /*target*/) override { return {}; }
  double seconds_writing() const override { return 0; }
  std::vector<std::string> warnings() const override { return plan_.notices; }

 private:
  int buffer_y(int row_of_area) const { return mosaic_.active.y + plan_.area.y + row_of_area; }
  int buffer_x() const { return mosaic_.active.x + plan_.area.x; }

  std::span<const std::uint16_t> source_row(int row_of_area) const {
    return mosaic_.samples.view()
        .row(buffer_y(row_of_area))
        .subspan(static_cast<std::size_t>(buffer_x()), counts_.size());
  }

  /// The row that stands in `counts_`.
  Status hand_over(int row_of_area) {
    const std::vector<float>* row = &counts_;
    if (plan_.exact) {
      const float* exact =
          plan_.exact->samples.view().row(buffer_y(row_of_area)).data() + buffer_x();
      std::copy_n(exact, floats_.size(), floats_.begin());
      if (plan_.strength > 0.0) {
        change_by_counts(counts_, *plan_.exact, 1, exact, floats_.data());
      }
      row = &floats_;
    }
    const int width = plan_.area.width;
    return take_(ImageView<const float>(row->data(), {width, 1}, width));
  }

  const Mosaic& mosaic_;
  DngPlan plan_;
  RowSink take_;
  std::vector<float> counts_;  ///< one row of the area
  std::vector<float> floats_;  ///< the same in the units of a floating-point raw
};

}  // namespace

Result<std::unique_ptr<DngRows>> count_rows(const RawPicture& picture, DngPlan plan, RowSink take) {
  const auto* mosaic = std::get_if<Mosaic>(&picture);
  if (mosaic == nullptr) {
    return fail(ErrorCode::Unsupported,
                "this model makes colours of the mosaic, so that no mosaic comes out; write a DNG, "
                "or choose a model that keeps the mosaic (latent-raw)");
  }
  return std::make_unique<CountRows>(*mosaic, std::move(plan), std::move(take));
}

}  // namespace latent::tasks
