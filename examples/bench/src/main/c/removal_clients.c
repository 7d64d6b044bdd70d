/*
 * Clients that sleep in read(2) until the device goes.
 *
 *     removal_clients NODE PROCESSES THREADS
 *
 * Each thread of each process has the node open by itself. When all have come
 * back with ENODEV, prints when the last one did, in nanoseconds of
 * CLOCK_MONOTONIC; anything else that a read gave ends this with an error.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *node;
static long threads;

/* Shared with the children, a slot per thread: its descriptor, then its time. */
static long long *back;

static void *sleeper(void *slot)
{
    char byte;
    ssize_t count = read((int)*(long long *)slot, &byte, 1);
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    if (count != -1 || errno != ENODEV)
        err(1, "read gave %zd", count);
    *(long long *)slot = time.tv_sec * 1000000000LL + time.tv_nsec;
    return NULL;
}

static void child(long long *slots)
{
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    pthread_attr_t small;
    if (!ids)
        err(1, "%ld threads", threads);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN + 65536);
    for (long i = 0; i < threads; i++) {
        /* One after the other: opens of one node at the same time disturb each other. */
        slots[i] = open(node, O_RDONLY);
        if (slots[i] < 0)
            err(1, "open %s", node);
        if (pthread_create(&ids[i], &small, sleeper, &slots[i]) != 0)
            errx(1, "no thread %ld", i);
    }
    for (long i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    exit(0);
}

int main(int argc, char **argv)
{
    long processes = argc == 4 ? atol(argv[2]) : 0;
    threads = argc == 4 ? atol(argv[3]) : 0;
    if (processes < 1 || threads < 1)
        errx(2, "usage: removal_clients NODE PROCESSES THREADS");
    node = argv[1];
    back = mmap(NULL, (size_t)(processes * threads) * sizeof *back, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (back == MAP_FAILED)
        err(1, "shared memory");
    for (long i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0)
            err(1, "fork");
        if (pid == 0)
            child(&back[i * threads]);
    }
    int status, wrong = 0;
    while (wait(&status) > 0)
        wrong |= status;
    if (wrong)
        errx(1, "a client failed");
    long long last = 0;
    for (long i = 0; i < processes * threads; i++)
        last = back[i] > last ? back[i] : last;
    printf("%lld\n", last);
    return 0;
}
