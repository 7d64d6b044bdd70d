/*
 * sleepers PATH THREADS: each thread has an open of PATH of its own and sleeps in read(2). Ends with status 0 if each
 * of them was woken with ENODEV, and with the number of those that were not otherwise.
 *
 * sleepers --ping PATH PATH CALLS ROUNDS: the median round trip of an ioctl on each of two nodes,
 * measured in turns; prints both, in ns, to standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define IDENTIFY _IOR('F', 1, uint64_t)

enum { MAX_THREADS = 1000, MAX_SAMPLES = 100000 };

static atomic_int wrong;

static void fail(const char *what) {
    fprintf(stderr, "sleepers: %s: %s\n", what, strerror(errno));
    exit(101);
}

static void *sleeper(void *argument) {
    char byte;
    if (read((int)(intptr_t)argument, &byte, 1) != -1 || errno != ENODEV) {
        atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static int compare(const void *one, const void *other) {
    long long a = *(const long long *)one, b = *(const long long *)other;
    return (a > b) - (a < b);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int ping(char **argv) {
    static long long samples[2][MAX_SAMPLES];
    int calls = atoi(argv[4]), rounds = atoi(argv[5]), count = 0, fds[2];
    for (int i = 0; i < 2; i++) {
        if ((fds[i] = open(argv[2 + i], O_RDWR | O_CLOEXEC)) < 0) {
            fail(argv[2 + i]);
        }
    }
    if (calls < 1 || rounds < 1 || calls * rounds > MAX_SAMPLES) {
        errno = ERANGE;
        fail("calls");
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 2; i++) {
            for (int call = 0; call < calls; call++) {
                uint64_t word;
                long long before = now();
                if (ioctl(fds[i], IDENTIFY, &word) < 0) {
                    fail("ioctl");
                }
                samples[i][count + call] = now() - before;
            }
        }
        count += calls;
    }
    for (int i = 0; i < 2; i++) {
        qsort(samples[i], (size_t)count, sizeof samples[i][0], compare);
    }
    fprintf(stderr, "round trip of an ioctl: %lld ns beside the sleepers, %lld ns on an idle mount,"
                    " ratio %.2f\n",
            samples[0][count / 2], samples[1][count / 2],
            (double)samples[0][count / 2] / (double)samples[1][count / 2]);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 6 && strcmp(argv[1], "--ping") == 0) {
        return ping(argv);
    }
    int threads = argc == 3 ? atoi(argv[2]) : 0;
    if (threads < 1 || threads > MAX_THREADS) {
        fprintf(stderr, "usage: sleepers PATH THREADS | sleepers --ping PATH PATH CALLS ROUNDS\n");
        return 102;
    }
    static pthread_t ids[MAX_THREADS];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN + 65536);
    for (int i = 0; i < threads; i++) {
        /* One after the other: the look-ups of opens at the same time disturb each other. */
        int fd = open(argv[1], O_RDWR | O_CLOEXEC);
        if (fd < 0) {
            fail(argv[1]);
        }
        if ((errno = pthread_create(&ids[i], &small, sleeper, (void *)(intptr_t)fd)) != 0) {
            fail("pthread_create");
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    return atomic_load(&wrong) > 100 ? 100 : atomic_load(&wrong);
}
