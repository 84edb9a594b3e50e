// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/studio/queue.h"
#include "app/studio/queue_runner.h"

namespace latent::gui {

/// The queue as rows, and how far all of it is.
class QueueModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role {
    IdRole = Qt::UserRole + 1,
    StateRole,    ///< app::ItemState as int
    DetailRole,   ///< "62 %, 5 s left", "waiting", the sentence of an error
    SummaryRole,  ///< "raw denoise, strength 80"
    SourceRole,
    OutputRole,
    FractionRole
  };

  /// `folder` is where queue.sqlite and its lock are. `program` runs jobs.
  QueueModel(const std::filesystem::path& folder, const std::filesystem::path& program,
             QObject* parent = nullptr);
  ~QueueModel() override;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

  /// Sentences about opening the file; empty where all was well.
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }
  /// Whether another window of latent-studio works on the queue.
  [[nodiscard]] bool is_elsewhere() const;

  bool add(const std::vector<app::NewItem>& items);
  void pause_or_go_on();
  [[nodiscard]] bool is_paused() const;
  void cancel(qint64 id);
  void cancel_all();
  void retry(qint64 id);
  void retry_failed();
  void move(qint64 id, qint64 before);
  void forget_ended();
  void reload();

  [[nodiscard]] bool is_idle() const;  ///< nothing runs and nothing waits
  [[nodiscard]] int count(app::ItemState state) const;
  /// Of what was handed in since the queue was last idle, 0..1; only grows.
  [[nodiscard]] double fraction() const { return fraction_; }
  [[nodiscard]] double seconds_left() const;  ///< below 0: not known
  /// "14 of 37 done, 2 min 31 s left", "idle", "paused, 3 of 37 done", "2 failed".
  [[nodiscard]] QString summary() const;

 Q_SIGNALS:
  void progressed();  ///< summary or fraction
  void item_changed(const QString& source, int state, const QString& output);
  void measured(const QString& task, double seconds_per_megapixel);
  void ended(int done, int failed);  ///< nothing waits any more
  void problem(const QString& sentence);

 private:
  void take(const app::QueueItem& item);
  void update_fraction();
  [[nodiscard]] QString detail_of(const app::QueueItem& item) const;
  [[nodiscard]] double weight_of(const app::QueueItem& item) const;

  std::vector<std::string> notices_;
  std::unique_ptr<app::Queue> queue_;
  std::vector<app::QueueItem> items_;
  QHash<qint64, int> rows_;
  qint64 since_batch_ = 0;  ///< the first batch that counts for the fraction
  double fraction_ = 0;
  double pace_ = 0;                           ///< seconds for a unit of weight, of this run
  std::unique_ptr<app::QueueRunner> runner_;  ///< last: its thread uses the queue
};

}  // namespace latent::gui
