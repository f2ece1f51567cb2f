// A page through a network: its regions, and the threads that work on them.
#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "region.hpp"

namespace docbin::network {
namespace {

constexpr long kColumn = 4096;  // widest region: what bounds its memory
constexpr long kTeam = 2;       // threads a region, as long as there are regions enough

// A region of the page, made by the first thread that comes to it.
struct Task {
  explicit Task(long i) : index(i) {}
  const long index;
  std::once_flag once;
  std::unique_ptr<Region> region;
  int workers = 0;
  bool done = false;
};

// The regions of a page, in order, at most `open` of them in work.
class Tasks {
 public:
  Tasks(long count, long open) : count_(count), most_(open) {}

  // A new one, else that with the fewest threads; null when all are done, or one has failed.
  std::shared_ptr<Task> join() {
    const std::lock_guard lock(guard_);
    std::erase_if(open_, [](const auto& task) { return task->done; });
    if (next_ < count_ && static_cast<long>(open_.size()) < most_)
      open_.push_back(std::make_shared<Task>(next_++));
    if (open_.empty() || problem_) return nullptr;
    const auto& fewest = *std::min_element(open_.begin(), open_.end(), [](auto& a, auto& b) {
      return a->workers < b->workers;
    });
    ++fewest->workers;
    return fewest;
  }
  void finish(Task& task) {
    const std::lock_guard lock(guard_);
    task.done = true;
  }
  void fail() {
    const std::lock_guard lock(guard_);
    if (!problem_) problem_ = std::current_exception();
  }
  void rethrow() const {
    if (problem_) std::rethrow_exception(problem_);
  }

 private:
  const long count_, most_;
  long next_ = 0;
  std::mutex guard_;
  std::vector<std::shared_ptr<Task>> open_;
  std::exception_ptr problem_;
};

}  // namespace

void Network::run(const Page& page, const std::vector<UnitNumbers>& numbers, int threads, int band,
                  int column, std::int16_t* logits, const Stopwatch* watch) const {
  // This page's numbers, worked out once for all regions.
  std::vector<xnor::Epilogue> folded(nodes_.size());
  std::vector<const xnor::Epilogue*> epilogues(nodes_.size(), nullptr);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].op != Op::unit) continue;
    epilogues[i] = &nodes_[i].epilogue;
    if (i < numbers.size() && numbers[i].bias != nullptr) {
      folded[i] = xnor::make_epilogue(nodes_[i].plan, numbers[i].bias);
      xnor::add_gains(folded[i], nodes_[i].plan, numbers[i].positive, numbers[i].negative, digits_,
                      bits_);
      epilogues[i] = &folded[i];
    }
  }
  const auto up_to = [this](long n) { return (n + scale_ - 1) / scale_ * scale_; };
  const long height = up_to(page.height), width = up_to(page.width);
  if (threads < 1 || watch != nullptr) threads = 1;
  const long teams = std::max(1L, threads / kTeam);
  const long wide = up_to(column > 0 ? column : kColumn);
  const long columns = (width + wide - 1) / wide;
  const long tall = up_to(band > 0 ? band : std::max<long>((height + teams - 1) / teams, 64));
  const long bands = (height + tall - 1) / tall;

  Tasks tasks(bands * columns, teams);
  const auto work = [&] {
    try {
      Desk desk;
      while (const std::shared_ptr<Task> task = tasks.join()) {
        std::call_once(task->once, [&] {
          const long y = task->index / columns * tall, x = task->index % columns * wide;
          task->region = std::make_unique<Region>(*this, epilogues, page,
                                                  Range{y, std::min(y + tall, height)},
                                                  Range{x, std::min(x + wide, width)}, logits);
        });
        task->region->work(desk, watch);
        tasks.finish(*task);
      }
    } catch (...) {
      tasks.fail();
    }
  };
  std::vector<std::thread> others;
  const long most = std::min<long>(threads, kTeam * bands * columns) - 1;
  for (long i = 0; i < most; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  tasks.rethrow();
}

}  // namespace docbin::network
