// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "metadata/metadata.h"
#include "raw/develop.h"
#include "tasks/kept.h"
#include "tasks/mask/local_strength.h"
#include "tasks/raw/measure.h"
#include "tasks/raw/picture.h"
#include "tasks/task.h"

namespace latent::tasks {

/// A raw that was opened, and what has been found out of it so far.
class PreparedRaw : public Prepared::Inside {
 public:
  using Inside::Inside;

  /// Judges the header alone.
  ///
  /// Errors   as check_taken(); Unsupported of a finished picture.
  [[nodiscard]] static Result<std::unique_ptr<PreparedRaw>> open(
      const read::Photograph& photograph);

  [[nodiscard]] const read::RawFacts& header() const { return *photograph.raw_facts(); }
  [[nodiscard]] const metadata::Metadata& metadata() const { return photograph.metadata(); }

  /// Decodes, unless the samples stand there already as wanted.
  ///
  /// Errors   as Photograph::mosaic(), linear(), demosaiced().
  [[nodiscard]] Status decode(RawAs as, const RunControl& control);

  /// As what it was decoded last.
  [[nodiscard]] RawAs decoded_as() const { return as_; }

  /// After decode(). Whoever changes more of it than repair() does says used_up() first.
  [[nodiscard]] RawPicture& picture() { return *picture_; }
  [[nodiscard]] const RawPicture& picture() const { return *picture_; }
  /// The next decode() reads the samples anew.
  void used_up() { fresh_ = false; }

  /// The noise that the settings give, else that of the camera or of the picture, as they say,
  /// which is measured once.
  ///
  /// Errors   as noise_of() and camera_noise_of().
  [[nodiscard]] Result<NoiseModel> noise(const RawDenoiseSettings& settings, int threads);

  /// What is to be said of the noise that was measured; empty where none was.
  [[nodiscard]] const std::vector<std::string>& noise_notices() const { return noise_notices_; }

  /// Repairs the sites that are wanted and puts back what the file has at all others; nothing where
  /// it is so already, and for pictures without a mosaic.
  ///
  /// Errors   as repaired().
  [[nodiscard]] Status repair(const RepairOf& wanted, const NoiseModel& noise, int threads);
  [[nodiscard]] const Repair& repair() const { return repair_; }

  /// Traits of the mosaic as it is repaired now, measured once for each noise; of a picture without
  /// a mosaic none.
  ///
  /// Errors   as raw::GreenBalance::measure().
  [[nodiscard]] Result<MosaicTraits> traits(const NoiseModel& noise);

  /// How red and blue of the mosaic as it is repaired now stand to green, measured once for each
  /// noise.
  ///
  /// Errors   as raw::measure_chromatic_shift().
  [[nodiscard]] Result<const raw::MeasuredShift*> fringes(const NoiseModel& noise, int threads);

  /// What decode() left out of the opcode lists of RawAs::Developed, by name.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

  /// Of a mosaic: three colours that LibRaw makes of it, on the scale of colour_facts(); once.
  ///
  /// Errors   as Photograph::demosaiced(); Unsupported  LibRaw sees a frame of another size.
  [[nodiscard]] Result<const LinearRaw*> classical(const RunControl& control);

  /// What was shown, cleaned of all noise that was found, and what it was shown for.
  struct ShownFor {
    Rect area;
    NoiseModel noise;
    double noise_scale = 1;
    HotPixels hot_pixels = HotPixels::Remove;
    const LearnedSites* learned = nullptr;
    bool corrected = false;  ///< of colour fringes
    /// Whether what was shown for this holds what `other` asks for.
    [[nodiscard]] bool holds(const ShownFor& other) const;
  };
  struct ShownArea {
    Rect area;
    Image<float> before;  ///< developed
    Image<float> clean;   ///< counts
  };
  Kept<ShownFor, ShownArea> kept;
  LocalStrengths masks;

  /// Of the samples as the file has them.
  [[nodiscard]] const raw::Development& development();
  /// The same exposure for three colours of a mosaic.
  [[nodiscard]] const raw::Development& colour_development();

 private:
  RawAs as_ = RawAs::Mosaic;
  bool fresh_ = false;
  std::optional<RawPicture> picture_;
  std::optional<NoiseModel> measured_;
  bool measured_of_camera_ = false;
  std::vector<std::string> noise_notices_;  ///< of `measured_`
  RepairOf repaired_of_;                    ///< what was wanted of `repair_`
  std::optional<NoiseModel> repaired_for_;  ///< the noise that `repair_` was found with
  Repair repair_;
  std::optional<NoiseModel> traits_for_;  ///< the noise that `traits_` were measured with
  MosaicTraits traits_;
  std::optional<NoiseModel> fringes_for_;
  raw::MeasuredShift fringes_;
  std::optional<raw::Development> development_;
  std::optional<raw::Development> colour_development_;
  std::vector<std::string> left_out_;
  std::optional<LinearRaw> classical_;
};

}  // namespace latent::tasks
