// What two threads can give: a layer alone, two copies of it that share nothing, and one layer cut
// in two, in turns, on two processors.
//   bench_pairs TARGET [ROUNDS]
// A line a layer: NAME CHANNELS SIDE alone_ms copies threads share woken. `copies` is how many times
// as much as alone the two copies do together, `threads` how many times as fast as alone the one
// that is cut in two is, `woken` the same where the second thread sleeps before every layer; `share`
// is threads / copies. `registers`: a loop without memory (ceiling.hpp), which cannot be cut. Wall
// time, medians of the rounds' ratios; whoever else runs on the machine is in them.
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "ceiling.hpp"
#include "dispatch.hpp"
#include "layer_work.hpp"

using namespace docbin;

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

// The caller and one thread more, each on a processor of its own.
class Two {
 public:
  Two(int first, int second) : other_([this, second] { wait_for_work(second); }) { pin(first); }
  ~Two() {
    work_ = nullptr;
    wake();
    other_.join();
  }

  // Seconds of work(0) and work(1) side by side; from where both are awake, or from the call.
  double run(const std::function<void(int)>& work, bool awake) {
    work_ = &work;
    arrived_ = finished_ = false;
    const double called = now();
    wake();
    if (awake)
      while (!arrived_) {}
    const double start = awake ? now() : called;
    started_ = true;
    work(0);
    while (!finished_) {}
    const double seconds = now() - start;
    started_ = false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));  // the other falls asleep
    return seconds;
  }

 private:
  void wake() {
    ++turn_;
    turn_.notify_one();
  }
  void wait_for_work(int processor) {
    pin(processor);
    for (unsigned seen = 0;; ++seen) {
      turn_.wait(seen);
      if (work_ == nullptr) return;
      arrived_ = true;
      while (!started_) {}
      (*work_)(1);
      finished_ = true;
    }
  }

  const std::function<void(int)>* work_ = nullptr;
  std::atomic<unsigned> turn_{0};
  std::atomic<bool> arrived_{false}, started_{false}, finished_{false};
  std::thread other_;  // last: what it reads is there
};

double alone(const std::function<void(int)>& work) {
  const double start = now();
  work(0);
  return now() - start;
}

void compare(Two& two, int rounds, const char* name, int channels, int side,
             const std::function<void(int)>& copy, const std::function<void(int)>& half) {
  std::vector<double> one, copies, threads, woken, share;
  for (int i = 0; i < rounds; ++i) {
    const double a = alone(copy), c = two.run(copy, true);
    one.push_back(a);
    copies.push_back(2 * a / c);
    if (!half) continue;
    const double t = two.run(half, true), w = two.run(half, false);
    threads.push_back(a / t);
    woken.push_back(a / w);
    share.push_back(c / (2 * t));
  }
  std::printf("%s %d %d %.3f %.3f", name, channels, side, 1e3 * median(one), median(copies));
  if (half) std::printf(" %.3f %.3f %.3f", median(threads), median(share), median(woken));
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  cpu_set_t mine;
  sched_getaffinity(0, sizeof mine, &mine);
  std::vector<int> processors;
  for (int p = 0; p < CPU_SETSIZE; ++p)
    if (CPU_ISSET(p, &mine)) processors.push_back(p);
  if (count < 2 || !use_target(words[1]) || processors.size() < 2) {
    std::puts("bench_pairs TARGET [ROUNDS]   on two processors at least");
    return EXIT_FAILURE;
  }
  const int rounds = count > 2 ? std::max(1, std::atoi(words[2])) : 41;
  Two two(processors[0], processors[1]);
  compare(two, std::max(1, rounds / 8), "registers", 0, 0,
          [&](int) { measure_ceiling(words[1]); }, nullptr);
  for (const auto& shape : kShapes) {
    LayerWork first(shape[0], shape[1], 1), second(shape[0], shape[1], 1), cut(shape[0], shape[1], 2);
    const auto copy = [&](int thread) { (thread == 0 ? first : second).bare(0); };
    const auto half = [&](int thread) { cut.bare(thread); };
    compare(two, rounds, "packed", shape[0], shape[1], copy, half);
  }
  return EXIT_SUCCESS;
}
