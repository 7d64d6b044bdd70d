// The gate's lock-free steps as litmus tests for Relacy, which runs each in every interleaving and
// lets every load see every value that the memory model of C++11 allows. litmus.sh compiles and
// runs it; docs/stress.md says what it asks and what that means for Java.
//
//   volatile, getVolatile, setVolatile, compareAndSet   mo_seq_cst
//   setRelease                                          mo_release
//   get of a word that only this thread writes          mo_relaxed
//   plain set                                           mo_relaxed
//   what the driver reads and writes                    rl::var, on which a race is an error
//
// Each test is a template over the orders, or the steps, that it stands or falls with. It is run as
// the gate is written, where nothing may be found, and broken, where it must be found for its reason.

#include <cstring>
#include <iostream>

#include <relacy/relacy.hpp>

using rl::atomic;
using rl::mo_acquire;
using rl::mo_relaxed;
using rl::mo_release;
using rl::mo_seq_cst;
using rl::var;

// CallFrame.published: two of its bits, and the number of the call above them.
static int const IN_FLIGHT = 1;
static int const EXTRAS = 2;
static int const NUMBER = 4;

// Publish and flag: a caller publishes its call, then looks at the flag; the remover sets the flag,
// then looks for the call. FopsGate.enter, CallScan.
template <rl::memory_order publish, rl::memory_order flag>
struct publish_and_flag : rl::test_suite<publish_and_flag<publish, flag>, 2> {
    atomic<int> published;
    atomic<int> state;
    var<int> device;

    void before() {
        published($).store(0, mo_relaxed);
        state($).store(0, mo_relaxed);
        device($) = 1;
    }

    void thread(unsigned index) {
        if (index == 0) {
            published($).store(IN_FLIGHT, publish);
            if (state($).load(mo_seq_cst) == 0) {
                device($) = device($) + 1;
            }
            published($).store(0, mo_release);
        } else {
            state($).exchange(1, flag);
            if (published($).load(mo_seq_cst) == 0) {
                device($) = 0; // the teardown
            }
        }
    }
};

// The same for holds: a read-modify-write of the count, then the flag. HoldTable.take.
template <bool count_first>
struct hold_and_flag : rl::test_suite<hold_and_flag<count_first>, 2> {
    atomic<int> count;
    atomic<int> state;
    var<int> device;

    void before() {
        count($).store(0, mo_relaxed);
        state($).store(0, mo_relaxed);
        device($) = 1;
    }

    void thread(unsigned index) {
        if (index == 0) {
            bool live = true;
            if (!count_first) {
                live = state($).load(mo_seq_cst) == 0;
            }
            count($).fetch_add(1, mo_seq_cst);
            if (count_first) {
                live = state($).load(mo_seq_cst) == 0;
            }
            if (live) {
                device($) = device($) + 1;
            }
            count($).fetch_sub(1, mo_seq_cst);
        } else {
            state($).exchange(1, mo_seq_cst);
            if (count($).load(mo_seq_cst) == 0) {
                device($) = 0;
            }
        }
    }
};

// Exit and scan: what a call wrote is seen by the remover that reads that it has left, also when
// another call of another gate is in the frame by then. CallFrame.takeBack, CallScan.
template <rl::memory_order leave>
struct exit_and_scan : rl::test_suite<exit_and_scan<leave>, 2> {
    static int const OTHER_GATE = 8;
    atomic<int> published;
    var<int> device;

    void before() {
        published($).store(IN_FLIGHT, mo_relaxed);
        device($) = 1;
    }

    void thread(unsigned index) {
        if (index == 0) {
            device($) = device($) + 1;
            published($).store(0, leave);
            published($).store(OTHER_GATE | IN_FLIGHT, mo_seq_cst);
        } else if (published($).load(mo_seq_cst) != IN_FLIGHT) {
            device($) = 0;
        }
    }
};

// EXTRAS: a remover sets it in the frame of a call that it finds in flight, while that call ends and
// the next one is published and ends. Whatever is lost, no call stays in flight for ever, and the
// number goes on. CallFrame.watchEnd, tryTakeBack, takeBack, publish.
template <bool compare>
struct extras : rl::test_suite<extras<compare>, 2> {
    atomic<int> published;
    var<int> device;

    void before() {
        published($).store(NUMBER | IN_FLIGHT, mo_relaxed);
        device($) = 1;
    }

    void leave() {
        int own = published($).load(mo_relaxed);
        published($).store(own & ~(IN_FLIGHT | EXTRAS), mo_release);
    }

    void thread(unsigned index) {
        if (index == 0) {
            device($) = device($) + 1;
            leave();
            int own = published($).load(mo_relaxed);
            published($).store((own & ~EXTRAS) + NUMBER + IN_FLIGHT, mo_seq_cst);
            leave(); // refused: nothing was run
        } else {
            int seen = published($).load(mo_seq_cst);
            if ((seen & (IN_FLIGHT | EXTRAS)) == IN_FLIGHT) {
                if (compare) {
                    published($).compare_exchange_strong(
                            seen, seen | EXTRAS, mo_seq_cst, mo_seq_cst);
                } else {
                    published($).store(seen | EXTRAS, mo_seq_cst);
                }
            }
            int now = published($).load(mo_seq_cst);
            if ((now & IN_FLIGHT) == 0) {
                device($) = 0; // the first call has left, with all that it wrote
            }
        }
    }

    void after() {
        RL_ASSERT((published($).load(mo_relaxed) & IN_FLIGHT) == 0);
        RL_ASSERT(published($).load(mo_relaxed) / NUMBER == 2);
    }
};

// The wake clock: a reader without a thread wants two items, which two wakers bring. It takes the
// clock, looks, and later joins the queue's list, unless the list's last wake-up is later than its
// clock. Verbs, GateWaiters.add, GateWaiters.wakeUp.
enum clock_step { AS_THE_GATE, ADVANCED_BEFORE_THE_LOCK, READ_AFTER_THE_LOOK };

template <clock_step step>
struct wake_clock : rl::test_suite<wake_clock<step>, 3> {
    atomic<int> clock;
    atomic<int> items;
    rl::mutex list;
    var<int> last_wake; // guarded by list, as the next two
    var<bool> asleep;
    var<bool> woken;
    bool satisfied; // the reader's own

    void before() {
        clock($).store(0, mo_relaxed);
        items($).store(0, mo_relaxed);
        last_wake($) = 0;
        asleep($) = false;
        woken($) = false;
        satisfied = false;
    }

    void thread(unsigned index) {
        if (index == 0) {
            int since = 0;
            if (step != READ_AFTER_THE_LOOK) {
                since = clock($).load(mo_seq_cst);
            }
            satisfied = items($).load(mo_seq_cst) == 2;
            if (step == READ_AFTER_THE_LOOK) {
                since = clock($).load(mo_seq_cst);
            }
            if (satisfied) {
                return;
            }
            list.lock($);
            if (last_wake($) > since) {
                woken($) = true; // too late: it is run again
            } else {
                asleep($) = true;
            }
            list.unlock($);
        } else {
            items($).fetch_add(1, mo_seq_cst);
            int now = 0;
            if (step == ADVANCED_BEFORE_THE_LOCK) {
                now = clock($).fetch_add(1, mo_seq_cst) + 1;
            }
            list.lock($);
            if (step != ADVANCED_BEFORE_THE_LOCK) {
                now = clock($).fetch_add(1, mo_seq_cst) + 1;
            }
            last_wake($) = now;
            if (asleep($)) {
                asleep($) = false;
                woken($) = true;
            }
            list.unlock($);
        }
    }

    void after() {
        RL_ASSERT(satisfied || woken($)); // with both items there it does not sleep on
    }
};

// Sleep and removal: a sleeper reads the flag under the lock of the list that it joins; the remover
// sets the flag and takes the list's lock then. GateWaiters.add, GateWaiters.removeAll.
template <bool under_the_lock>
struct sleep_and_removal : rl::test_suite<sleep_and_removal<under_the_lock>, 2> {
    atomic<int> state;
    rl::mutex list;
    var<bool> asleep;

    void before() {
        state($).store(0, mo_relaxed);
        asleep($) = false;
    }

    void thread(unsigned index) {
        if (index == 0) {
            bool live = state($).load(mo_seq_cst) == 0;
            list.lock($);
            if (under_the_lock) {
                live = state($).load(mo_seq_cst) == 0;
            }
            if (live) {
                asleep($) = true;
            }
            list.unlock($);
        } else {
            state($).exchange(1, mo_seq_cst);
            list.lock($);
            asleep($) = false;
            list.unlock($);
        }
    }

    void after() { RL_ASSERT(!asleep($)); }
};

static int kept = 0;
static int failed = 0;
static int twins = 0;
static int caught = 0;
static char const* part = "";

// Relacy watches the memory of all that runs meanwhile, a string stream's too.
template <typename test_t>
static bool explore(rl::test_params& params, std::ostream* told) {
    params.search_type = rl::sched_full;
    params.execution_depth_limit = 200;
    params.iteration_count = 100 * 1000 * 1000; // more than any has: all of them
    params.output_stream = told;
    params.progress_stream = told;
    return rl::simulate<test_t>(params);
}

template <typename test_t>
static bool explore(rl::test_params& params) {
    std::ostream nowhere(0);
    return explore<test_t>(params, &nowhere);
}

template <typename test_t>
static void tell() {
    rl::test_params params;
    explore<test_t>(params, &std::cout);
}

template <typename test_t>
static void holds(char const* name) {
    if (!std::strstr(name, part)) {
        return;
    }
    rl::test_params params;
    if (explore<test_t>(params)) {
        kept++;
        std::cout << "litmus: " << name << ": " << params.stop_iteration << " executions\n";
    } else {
        failed++;
        std::cout << "litmus: FAILED: " << name << ": "
                  << rl::test_result_str(params.test_result) << "\n";
        tell<test_t>();
    }
}

template <typename test_t>
static void twin(char const* name, rl::test_result_e reason) {
    if (!std::strstr(name, part)) {
        return;
    }
    twins++;
    rl::test_params params;
    explore<test_t>(params);
    if (params.test_result == reason) {
        caught++;
        std::cout << "twin caught: " << name << ": " << rl::test_result_str(reason) << "\n";
    } else {
        std::cout << "TWIN NOT CAUGHT: " << name << ": it was to show "
                  << rl::test_result_str(reason) << ", and showed "
                  << rl::test_result_str(params.test_result) << "\n";
        tell<test_t>();
    }
}

int main(int argc, char** argv) {
    if (argc > 1) {
        part = argv[1];
    }
    rl::test_result_e const race = rl::test_result_data_race;
    rl::test_result_e const promise = rl::test_result_user_assert_failed;

    holds<publish_and_flag<mo_seq_cst, mo_seq_cst> >("publish and flag");
    twin<publish_and_flag<mo_release, mo_seq_cst> >(
            "publish and flag, published with a release store", race);
    twin<publish_and_flag<mo_seq_cst, mo_release> >(
            "publish and flag, flag set with a release store", race);
    holds<hold_and_flag<true> >("hold and flag");
    twin<hold_and_flag<false> >("hold and flag, flag read before the count is raised", race);
    holds<exit_and_scan<mo_release> >("exit and scan");
    twin<exit_and_scan<mo_relaxed> >("exit and scan, left with a plain store", race);
    holds<extras<true> >("EXTRAS");
    twin<extras<false> >("EXTRAS, stored instead of compared and set", promise);
    holds<wake_clock<AS_THE_GATE> >("wake clock");
    twin<wake_clock<ADVANCED_BEFORE_THE_LOCK> >(
            "wake clock, advanced before the lock is taken", promise);
    twin<wake_clock<READ_AFTER_THE_LOOK> >("wake clock, read after the look", promise);
    holds<sleep_and_removal<true> >("sleep and removal");
    twin<sleep_and_removal<false> >("sleep and removal, flag read before the lock", promise);

    if (kept + failed + twins == 0) {
        std::cerr << "litmus: no test is called like \"" << part << "\"\n";
        return 2;
    }
    std::cout << "litmus: " << kept << " passed, " << failed << " failed, twins caught " << caught
              << " of " << twins << "\n";
    return failed == 0 && caught == twins ? 0 : 1;
}
