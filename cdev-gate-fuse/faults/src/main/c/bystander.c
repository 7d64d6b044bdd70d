/*
 * bystander PATH LIMIT_SECONDS [ROUNDS]: a client that has nothing to do with what goes on beside it.
 *
 * Three threads call every few milliseconds: an ioctl on a descriptor that is held, an open with ioctl and
 * close, and a stat. Prints "ready" when each has had an answer; goes on until the end of its input, or for
 * ROUNDS rounds; then prints "stall NANOS CALL" for the longest call, "noise NANOS" for the longest delay of
 * its own timer, which shows what the machine itself does to a process, and "calls COUNT". A wrong answer is
 * printed as "wrong TEXT", a call without one for LIMIT_SECONDS as "hangs CALL"; then it ends at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COMPLEMENT _IOWR('F', 7, uint64_t)

enum { PAUSE_NANOS = 5000000, MAX_WRONG = 20, WATCH_MILLIS = 20 };

struct caller {
    const char *name;
    int (*call)(struct caller *, uint64_t number);
    int held;
    atomic_llong since; /* when the call that goes on began; 0 none does */
    long long longest;
    long long noise;
    long rounds;
    atomic_long answered;
};

static const char *path;
static long rounds;
static atomic_int stop;
static atomic_int wrong;

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void tell_wrong(const char *what, const char *text) {
    if (atomic_fetch_add(&wrong, 1) < MAX_WRONG) {
        printf("wrong %s: %s\n", what, text);
        fflush(stdout);
    }
}

static int complement(const char *what, int fd, uint64_t number) {
    uint64_t word = number;
    if (ioctl(fd, COMPLEMENT, &word) < 0) {
        tell_wrong(what, strerrorname_np(errno));
        return -1;
    }
    if (word != ~number) {
        tell_wrong(what, "an answer that is not its own");
        return -1;
    }
    return 0;
}

static int call_ioctl(struct caller *caller, uint64_t number) {
    if (caller->held < 0 && (caller->held = open(path, O_RDWR | O_CLOEXEC)) < 0) {
        tell_wrong("first open", strerrorname_np(errno));
        return -1;
    }
    return complement("ioctl", caller->held, number);
}

static int call_open(struct caller *caller, uint64_t number) {
    (void)caller;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        tell_wrong("open", strerrorname_np(errno));
        return -1;
    }
    int result = complement("ioctl after open", fd, number);
    if (close(fd) < 0) {
        tell_wrong("close", strerrorname_np(errno));
        return -1;
    }
    return result;
}

static int call_stat(struct caller *caller, uint64_t number) {
    (void)caller, (void)number;
    struct stat status;
    if (stat(path, &status) < 0) {
        tell_wrong("stat", strerrorname_np(errno));
        return -1;
    }
    return 0;
}

static struct caller callers[] = {
    {.name = "ioctl", .call = call_ioctl}, {.name = "open", .call = call_open}, {.name = "stat", .call = call_stat}};

enum { CALLERS = sizeof callers / sizeof callers[0] };

static void *run(void *argument) {
    struct caller *caller = argument;
    struct timespec pause = {0, PAUSE_NANOS};
    uint64_t number = (uint64_t)(caller - callers) << 56;
    while (!atomic_load(&stop) && (rounds == 0 || caller->rounds < rounds)) {
        long long asleep = now();
        nanosleep(&pause, NULL);
        long long begin = now();
        if (begin - asleep - PAUSE_NANOS > caller->noise) {
            caller->noise = begin - asleep - PAUSE_NANOS;
        }
        atomic_store(&caller->since, begin);
        caller->call(caller, ++number);
        long long took = now() - begin;
        atomic_store(&caller->since, 0);
        atomic_fetch_add(&caller->answered, 1);
        caller->rounds++;
        if (took > caller->longest) {
            caller->longest = took;
        }
    }
    return NULL;
}

/* Ends the process if a call has no answer for too long; returns whether one goes on. */
static int watch(long long limit) {
    int busy = 0;
    for (int i = 0; i < CALLERS; i++) {
        long long since = atomic_load(&callers[i].since);
        if (since != 0) {
            busy = 1;
            if (now() - since > limit) {
                printf("hangs %s\n", callers[i].name);
                fflush(stdout);
                _exit(1);
            }
        }
    }
    return busy;
}

static int all_answered(void) {
    for (int i = 0; i < CALLERS; i++) {
        if (atomic_load(&callers[i].answered) == 0) {
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: bystander PATH LIMIT_SECONDS [ROUNDS]\n");
        return 92;
    }
    path = argv[1];
    long long limit = atoll(argv[2]) * 1000000000LL;
    rounds = argc == 4 ? atol(argv[3]) : 0;
    callers[0].held = -1;
    pthread_t ids[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        if ((errno = pthread_create(&ids[i], NULL, run, &callers[i])) != 0) {
            perror("bystander: pthread_create");
            return 91;
        }
    }
    int told = 0;
    while (!atomic_load(&stop)) {
        watch(limit);
        if (!told && all_answered()) {
            told = 1;
            printf("ready\n");
            fflush(stdout);
        }
        struct pollfd input = {0, POLLIN, 0};
        char byte;
        if (rounds != 0) {
            usleep(WATCH_MILLIS * 1000);
            int done = 1;
            for (int i = 0; i < CALLERS; i++) {
                done &= atomic_load(&callers[i].answered) >= rounds;
            }
            atomic_store(&stop, done);
        } else if (poll(&input, 1, WATCH_MILLIS) > 0 && read(0, &byte, 1) <= 0) {
            atomic_store(&stop, 1);
        }
    }
    while (watch(limit)) {
        usleep(1000);
    }
    long long noise = 0, count = 0;
    const struct caller *slowest = callers;
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(ids[i], NULL);
        count += callers[i].rounds;
        noise = callers[i].noise > noise ? callers[i].noise : noise;
        slowest = callers[i].longest > slowest->longest ? &callers[i] : slowest;
    }
    printf("stall %lld %s\nnoise %lld\ncalls %lld\n", slowest->longest, slowest->name, noise, count);
    return atomic_load(&wrong) == 0 ? 0 : 1;
}
