// The threads of a region: which node goes next.
//
// A turn of a node is a few blocks. A thread goes on to the nodes after the one it was at, so that
// what it made is read from its own cache: each thread follows a wave of rows through the network,
// a second one behind the first. Nodes beside a busy one wait (planes slide under their reader), and
// so do those whose rings are full of what is not read yet. Whatever order the turns take, the
// numbers are the same; and some turn is always possible, because every condition only asks how far
// others have come, and simulate() has seen an order that ends within these rings.
#include <stdexcept>

#include "region.hpp"

namespace docbin::network {

bool Region::done() const {
  const State& end = states_.back();
  return end.row >= end.need.high;
}

bool Region::beside_busy(int i) const {
  const State& me = states_[static_cast<std::size_t>(i)];
  const Node& node = network_.node(i);
  bool busy = me.busy;
  for (int input : {node.input, node.other})
    busy = busy || (input > 0 && states_[static_cast<std::size_t>(input)].busy);
  for (int reader : me.readers) busy = busy || states_[static_cast<std::size_t>(reader)].busy;
  return busy;
}

// Whether there is room for what a node makes by going to row or block `to`.
bool Region::fits(int i, long to) const {
  if (i + 1 == network_.size()) return true;
  const State& me = states_[static_cast<std::size_t>(i)];
  const long head = begun(i, to);
  const bool ring = me.in_place || head - oldest(me.storage, head) <=
                                       storages_[static_cast<std::size_t>(me.storage)].slots;
  const long made = published(i, to);
  return ring && std::all_of(me.units.begin(), me.units.end(), [&](int unit) {
           const State& reader = states_[static_cast<std::size_t>(unit)];
           return made - (reader.made - back(unit)) <= reader.signs.blocks;
         });
}

// The next node after `last`, going round, that may take its turn; 0 when none may.
int Region::pick(int last, Step& step) const {
  const int nodes = network_.size() - 1;
  for (int k = 0; k < nodes; ++k) {
    const int i = (last + k) % nodes + 1;
    if (beside_busy(i)) continue;
    step = plan(i);
    if (step.to > step.from && fits(i, step.to)) return i;
  }
  for (int i = 1; i <= nodes && busy_ == 0; ++i) {  // shorter turns, rather than none
    step = plan(i);
    while (step.to > step.from && !fits(i, step.to)) --step.to;
    if (step.to > step.from) return i;
  }
  return 0;
}

void Region::work(Desk& desk, const Stopwatch* watch) {
  if (desk.scratch_memory.size() < scratch_ + 64) desk.scratch_memory.resize(scratch_ + 64);
  const auto at = reinterpret_cast<std::uintptr_t>(desk.scratch_memory.data());
  desk.scratch = desk.scratch_memory.data() + (64 - at % 64) % 64;
  desk.last = 0;
  std::unique_lock lock(guard_);
  ++workers_;
  while (!done() && !failed_) {
    Step step{};
    const int i = pick(desk.last, step);
    if (i == 0) {
      if (busy_ == 0) throw std::logic_error("packed network: the schedule stands still");
      changed_.wait(lock);
      continue;
    }
    State& me = states_[static_cast<std::size_t>(i)];
    desk.last = i;
    me.busy = true;
    ++busy_;
    lock.unlock();
    const double start = watch != nullptr ? watch->now() : 0;
    try {
      execute(i, step, desk);
    } catch (...) {
      lock.lock();
      failed_ = true;
      changed_.notify_all();
      throw;
    }
    if (watch != nullptr) watch->seconds[i] += watch->now() - start;
    lock.lock();
    commit(i, step);
    me.busy = false;
    --busy_;
    if (workers_ > 1) changed_.notify_all();
  }
  --workers_;
}

}  // namespace docbin::network
