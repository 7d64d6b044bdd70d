/*
 * The client: times calls on a node one by one.
 *
 *     roundtrip OPERATION NODE WARM_UP CALLS [THREADS]
 *
 * prints "MEDIAN MEAN" in nanoseconds per call, over the calls of all threads.
 * Each thread has the node open by itself. Every answer is checked, so that
 * nobody measures how fast a server fails.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ECHO_8 _IOWR('b', 1, uint64_t)
#define LARGEST (128 * 1024)

static const char *node;
static __thread char bytes[LARGEST] __attribute__((aligned(4096)));

static int null_ioctl(int fd, size_t size)
{
    static __thread uint64_t next;
    uint64_t value = ++next;
    (void)size;
    return ioctl(fd, ECHO_8, &value) == 0 && value == next;
}

static int read_some(int fd, size_t size)
{
    return read(fd, bytes, size) == (ssize_t)size;
}

static int write_some(int fd, size_t size)
{
    return write(fd, bytes, size) == (ssize_t)size;
}

static int poll_now(int fd, size_t size)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    (void)size;
    return poll(&asked, 1, 0) == 1 && asked.revents == POLLIN;
}

static int open_close(int fd, size_t size)
{
    int other = open(node, O_RDWR);
    (void)fd, (void)size;
    return other >= 0 && close(other) == 0;
}

static const struct operation {
    const char *name;
    int (*call)(int fd, size_t size);
    size_t size;
} operations[] = {
    {"null-ioctl", null_ioctl, 0},
    {"read-8", read_some, 8},
    {"poll", poll_now, 0},
    {"read-4k", read_some, 4096},
    {"read-128k", read_some, LARGEST},
    {"write-4k", write_some, 4096},
    {"write-128k", write_some, LARGEST},
    {"open-close", open_close, 0},
};

static const struct operation *operation;
static long warm_up, calls;
static uint64_t *took;
static pthread_barrier_t start_line;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Makes this thread's calls; its number says where their times go. */
static void *run(void *number)
{
    uint64_t *mine = took + (intptr_t)number * calls;
    int fd = open(node, O_RDWR);
    if (fd < 0)
        err(1, "open %s", node);
    /* Touched now, not by a page fault within a measured call. */
    memset(bytes, 1, sizeof bytes);
    pthread_barrier_wait(&start_line);
    for (long i = -warm_up; i < calls; i++) {
        uint64_t start = now();
        if (!operation->call(fd, operation->size))
            err(1, "%s on %s gave a wrong answer; errno", operation->name, node);
        if (i >= 0)
            mine[i] = now() - start;
    }
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6)
        errx(2, "usage: roundtrip OPERATION NODE WARM_UP CALLS [THREADS]");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(argv[1], operations[i].name) == 0)
            operation = &operations[i];
    node = argv[2];
    warm_up = atol(argv[3]);
    calls = atol(argv[4]);
    long threads = argc == 6 ? atol(argv[5]) : 1;
    if (!operation || warm_up < 0 || calls < 1 || threads < 1)
        errx(2, "no operation %s, or no calls to make", argv[1]);

    size_t all = (size_t)(calls * threads);
    took = calloc(all, sizeof *took);
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    if (!took || !ids)
        err(1, "%zu results", all);
    memset(took, 1, all * sizeof *took);
    pthread_barrier_init(&start_line, NULL, (unsigned)threads);
    for (intptr_t i = 1; i < threads; i++)
        if (pthread_create(&ids[i], NULL, run, (void *)i) != 0)
            errx(1, "no thread");
    run((void *)0);
    for (long i = 1; i < threads; i++)
        pthread_join(ids[i], NULL);

    double sum = 0;
    for (size_t i = 0; i < all; i++)
        sum += (double)took[i];
    qsort(took, all, sizeof *took, by_size);
    printf("%llu %.0f\n", (unsigned long long)took[all / 2], sum / (double)all);
    return 0;
}
