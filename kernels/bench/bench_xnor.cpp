// Times the packed kernels: bare layers, residual units, a whole page. Medians.
//   bench_xnor layers TARGET [THREADS]           one line a shape: name C side bare_ms unit_ms limit_ms
//   bench_xnor runs TARGET                       whether this processor runs it
//   bench_xnor page TARGET THREADS CHANNELS      CPU and wall seconds of one A4 page at 300 dpi
//   bench_xnor nodes TARGET 1 CHANNELS           CPU milliseconds of its nodes, the least of seven runs
// CPU time on one thread, wall time on several. limit_ms: what the layer's own operations would take
// at the rate measured here (ceiling.hpp), in registers, with nothing else to do.
#include <algorithm>
#include <barrier>
#include <bit>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>

#include "../tests/random_network.hpp"
#include "ceiling.hpp"
#include "dispatch.hpp"
#include "layer_work.hpp"

using namespace docbin;

namespace {

double cpu(clockid_t which) {
  timespec t{};
  clock_gettime(which, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Median seconds of run(thread), done by all threads together `repeats` times.
template <typename Run>
double median(int threads, int repeats, Run run) {
  std::vector<double> times;
  std::barrier meet(threads);
  const auto work = [&](int thread) {
    for (int i = 0; i < repeats; ++i) {
      meet.arrive_and_wait();
      const auto wall = std::chrono::steady_clock::now();
      const double start = cpu(CLOCK_THREAD_CPUTIME_ID);
      run(thread);
      const double used = cpu(CLOCK_THREAD_CPUTIME_ID) - start;
      meet.arrive_and_wait();
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - wall;
      if (thread == 0) times.push_back(threads == 1 ? used : passed.count());
    }
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, t);
  work(0);
  for (std::thread& other : others) other.join();
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Full adders of one vector of positions: all taps once, the groups, their sums put together to the
// channels', and two additions a channel to u.
double full_adders(const xnor::Plan& plan, int width) {
  double adders = plan.taps + 2.0 * width * plan.outputs;
  std::vector<unsigned> bound(1u << plan.share);
  for (std::size_t g = 0; g < plan.groups.size();) {
    for (int i = 0; i < plan.groups_per_share(); ++i, ++g) {
      adders += plan.groups[g].count;
      bound[plan.groups[g].pattern] = plan.groups[g].count;
    }
    for (unsigned bit = 1u << (plan.share - 1); bit > 0; bit /= 2) {
      unsigned sum = bound[bit];
      for (unsigned p = bit + 1; p < 2 * bit; ++p) {
        sum += bound[p];
        bound[p - bit] += bound[p];
        adders += std::bit_width(sum) + std::bit_width(bound[p - bit]);
      }
    }
  }
  return adders;
}

// Seconds a block takes at the target's ceiling.
double limit(const xnor::Plan& plan, int width, const Ceiling& ceiling) {
  if (!ceiling.adds) return 512.0 * plan.taps * plan.outputs / ceiling.rate;
  return 512.0 * full_adders(plan, width) / ceiling.rate;
}

void layers(const char* target, int threads) {
  const Ceiling ceiling = measure_ceiling(target);
  for (const auto& shape : kShapes) {
    LayerWork work(shape[0], shape[1], threads);
    const double bare = median(threads, 21, [&](int thread) { work.bare(thread); });
    const double unit = median(threads, 21, [&](int thread) { work.unit(thread); });
    const double least =
        static_cast<double>(work.blocks) * limit(work.plan, work.epilogue.width, ceiling) / threads;
    std::printf("%s %d %d %.4f %.4f %.4f\n", target, shape[0], shape[1], 1e3 * bare, 1e3 * unit,
                1e3 * least);
  }
}

void page(const char* target, int threads, int channels) {
  network::Maker maker(channels, 16, 2, 1u);
  maker.build(64, 3, 3);
  const auto pixels = maker.page(3508, 2480);
  std::vector<std::int16_t> logits(3508u * 2480u);
  std::vector<double> wall, used;
  for (int i = 0; i < 7; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const double before = cpu(CLOCK_PROCESS_CPUTIME_ID);
    maker.network.run({pixels.data(), 3508, 2480, channels}, {}, threads, 0, 0, logits.data());
    used.push_back(cpu(CLOCK_PROCESS_CPUTIME_ID) - before);
    wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(wall.begin(), wall.end());
  std::sort(used.begin(), used.end());
  std::printf("%s page %d %.3f %.3f %.3f\n", target, threads, used[3], wall[3], wall[0]);
}

void nodes(const char* target, int channels) {
  network::Maker maker(channels, 16, 2, 1u);
  maker.build(64, 3, 3);
  const auto pixels = maker.page(3508, 2480);
  std::vector<std::int16_t> logits(3508u * 2480u);
  const auto count = static_cast<std::size_t>(maker.network.size());
  std::vector<double> least(count, 1e9);
  for (int i = 0; i < 7; ++i) {
    std::vector<double> seconds(count, 0.0);
    const network::Stopwatch watch{[] { return cpu(CLOCK_THREAD_CPUTIME_ID); }, seconds.data()};
    maker.network.run({pixels.data(), 3508, 2480, channels}, {}, 1, 0, 0, logits.data(), &watch);
    for (std::size_t n = 0; n < count; ++n) least[n] = std::min(least[n], seconds[n]);
  }
  const char* const names[] = {"page", "convolution", "unit", "pool", "up", "add", "head"};
  for (int n = 1; n < maker.network.size(); ++n) {
    const network::Node& node = maker.network.node(n);
    std::printf("%s node %d %s %d@1/%d %.1f\n", target, n, names[static_cast<int>(node.op)],
                node.channels, node.scale, 1e3 * least[static_cast<std::size_t>(n)]);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 3 || !use_target(words[2])) {
    std::puts("bench_xnor layers|runs|page|nodes TARGET [THREADS] [PAGE CHANNELS]");
    return EXIT_FAILURE;
  }
  if (std::strcmp(words[1], "runs") == 0)
    std::printf("%s 1 1 1\n", words[2]);
  else if (std::strcmp(words[1], "layers") == 0)
    layers(words[2], count > 3 ? std::atoi(words[3]) : 1);
  else if (std::strcmp(words[1], "nodes") == 0)
    nodes(words[2], count > 4 ? std::atoi(words[4]) : 3);
  else
    page(words[2], count > 3 ? std::atoi(words[3]) : 1, count > 4 ? std::atoi(words[4]) : 3);
  return EXIT_SUCCESS;
}
