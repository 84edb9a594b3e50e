// SPDX-License-Identifier: GPL-3.0-or-later
// What settings, their words and tasks are called in the panel.
#include <QtCore/QCoreApplication>
#include <QtCore/QHash>

#include "gui/view/restore_view.h"

namespace latent::gui {

namespace {
QString tr(const char* text) { return QCoreApplication::translate("settings", text); }
}  // namespace

QString name_of_setting(const QString& key) {
  static const QHash<QString, const char*> names{
      {QStringLiteral("strength"), QT_TRANSLATE_NOOP("settings", "Strength")},
      {QStringLiteral("luma"), QT_TRANSLATE_NOOP("settings", "Brightness noise")},
      {QStringLiteral("chroma"), QT_TRANSLATE_NOOP("settings", "Colour noise")},
      {QStringLiteral("noise_scale"), QT_TRANSLATE_NOOP("settings", "Noise scale")},
      {QStringLiteral("hot_pixels"), QT_TRANSLATE_NOOP("settings", "Hot pixels")},
      {QStringLiteral("demosaic"), QT_TRANSLATE_NOOP("settings", "Demosaic")},
      {QStringLiteral("ca"), QT_TRANSLATE_NOOP("settings", "Colour fringes")},
      {QStringLiteral("level"), QT_TRANSLATE_NOOP("settings", "Noise level")},
      {QStringLiteral("detail"), QT_TRANSLATE_NOOP("settings", "Texture")},
      {QStringLiteral("tones"), QT_TRANSLATE_NOOP("settings", "Brightness")},
      {QStringLiteral("wide_gamut"), QT_TRANSLATE_NOOP("settings", "Wide-gamut colours")},
      {QStringLiteral("scale"), QT_TRANSLATE_NOOP("settings", "Scale")},
      {QStringLiteral("denoise"), QT_TRANSLATE_NOOP("settings", "Denoise before")},
      {QStringLiteral("tolerance"), QT_TRANSLATE_NOOP("settings", "Damage to leave small")},
      {QStringLiteral("consistent"), QT_TRANSLATE_NOOP("settings", "Hold to the source")},
      {QStringLiteral("overshoot"), QT_TRANSLATE_NOOP("settings", "Hard edges")},
      {QStringLiteral("format"), QT_TRANSLATE_NOOP("settings", "Format")},
      {QStringLiteral("bit_depth"), QT_TRANSLATE_NOOP("settings", "Bit depth")},
      {QStringLiteral("profile"), QT_TRANSLATE_NOOP("settings", "Colour profile")},
      {QStringLiteral("compression"), QT_TRANSLATE_NOOP("settings", "Compression")},
      {QStringLiteral("quality"), QT_TRANSLATE_NOOP("settings", "JPEG quality")},
      {QStringLiteral("if_exists"), QT_TRANSLATE_NOOP("settings", "If it exists")},
      {QStringLiteral("model"), QT_TRANSLATE_NOOP("settings", "Model")}};
  const char* name = names.value(key, nullptr);
  return name == nullptr ? key : tr(name);
}

QString name_of_word(const QString& key, const QString& word) {
  static const QHash<QString, const char*> names{
      {QStringLiteral("number"), QT_TRANSLATE_NOOP("settings", "number it")},
      {QStringLiteral("overwrite"), QT_TRANSLATE_NOOP("settings", "replace earlier")},
      {QStringLiteral("skip"), QT_TRANSLATE_NOOP("settings", "skip")},
      {QStringLiteral("remove"), QT_TRANSLATE_NOOP("settings", "remove")},
      {QStringLiteral("keep"), QT_TRANSLATE_NOOP("settings", "keep")},
      {QStringLiteral("corrected"), QT_TRANSLATE_NOOP("settings", "corrected")},
      {QStringLiteral("kept"), QT_TRANSLATE_NOOP("settings", "as it is")},
      {QStringLiteral("learn"), QT_TRANSLATE_NOOP("settings", "learn from the batch")},
      {QStringLiteral("preserve"), QT_TRANSLATE_NOOP("settings", "preserve")},
      {QStringLiteral("clip"), QT_TRANSLATE_NOOP("settings", "clip to sRGB")},
      {QStringLiteral("auto"), QT_TRANSLATE_NOOP("settings", "automatic")},
      {QStringLiteral("none"), QT_TRANSLATE_NOOP("settings", "none")},
      {QStringLiteral("lossless"), QT_TRANSLATE_NOOP("settings", "lossless")},
      {QStringLiteral("jxl-lossless"), QT_TRANSLATE_NOOP("settings", "JPEG XL, lossless")},
      {QStringLiteral("off"), QT_TRANSLATE_NOOP("settings", "leave them")},
      {QStringLiteral("deflate"), QT_TRANSLATE_NOOP("settings", "Deflate")},
      {QStringLiteral("zstd"), QT_TRANSLATE_NOOP("settings", "Zstandard")},
      {QStringLiteral("bounded"), QT_TRANSLATE_NOOP("settings", "no ghost lines")},
      {QStringLiteral("free"), QT_TRANSLATE_NOOP("settings", "as the network has it")},
      {QStringLiteral("darktable"), QT_TRANSLATE_NOOP("settings", "as darktable")},
      {QStringLiteral("source"), QT_TRANSLATE_NOOP("settings", "that of the source")},
      {QStringLiteral("srgb"), "sRGB"},
      {QStringLiteral("adobergb"), "Adobe RGB"},
      {QStringLiteral("displayp3"), "Display P3"},
      {QStringLiteral("rec2020"), "Rec. 2020"},
      {QStringLiteral("prophoto"), "ProPhoto RGB"},
      {QStringLiteral("tif"), "TIFF"},
      {QStringLiteral("png"), "PNG"},
      {QStringLiteral("jpg"), "JPEG"},
      {QStringLiteral("exr"), "OpenEXR"},
      {QStringLiteral("jxl"), "JPEG XL"},
      {QStringLiteral("dng"), "DNG"}};
  if (key == QLatin1String("bit_depth") && word != QLatin1String("auto")) {
    return word == QLatin1String("32") ? tr(QT_TRANSLATE_NOOP("settings", "32 bits, float"))
                                       : tr(QT_TRANSLATE_NOOP("settings", "%1 bits")).arg(word);
  }
  if (key == QLatin1String("scale")) return word + QStringLiteral("x");
  const char* name = names.value(word, nullptr);
  return name == nullptr ? word : tr(name);
}

QString name_of_task(const QString& task) {
  if (task == QLatin1String("denoise")) return tr(QT_TRANSLATE_NOOP("settings", "Denoise"));
  if (task == QLatin1String("upscale")) return tr(QT_TRANSLATE_NOOP("settings", "Upscale"));
  return tr(QT_TRANSLATE_NOOP("settings", "Raw denoise"));
}

QString breakable(QString name) {
  const QChar zero_width_space(0x200b);
  for (const QChar mark : {QLatin1Char('_'), QLatin1Char('-'), QLatin1Char('/')}) {
    name.replace(mark, QString(mark) + zero_width_space);
  }
  return name;
}

}  // namespace latent::gui
