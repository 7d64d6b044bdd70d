/*
 * The client: times calls on a node one by one.
 *
 *     roundtrip null-ioctl|read-8|poll NODE WARM_UP CALLS
 *
 * prints "MEDIAN MEAN" in nanoseconds per call. Every answer is checked, so
 * that nobody measures how fast a server fails.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ECHO_8 _IOWR('b', 1, uint64_t)

static int null_ioctl(int fd)
{
    static uint64_t next;
    uint64_t value = ++next;
    return ioctl(fd, ECHO_8, &value) == 0 && value == next;
}

static int read_8(int fd)
{
    char bytes[8];
    return read(fd, bytes, sizeof bytes) == sizeof bytes;
}

static int poll_now(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, 0) == 1 && asked.revents == POLLIN;
}

static const struct {
    const char *name;
    int (*call)(int fd);
} operations[] = {{"null-ioctl", null_ioctl}, {"read-8", read_8}, {"poll", poll_now}};

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

int main(int argc, char **argv)
{
    if (argc != 5)
        errx(2, "usage: roundtrip null-ioctl|read-8|poll NODE WARM_UP CALLS");
    int (*call)(int) = NULL;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(argv[1], operations[i].name) == 0)
            call = operations[i].call;
    long warm_up = atol(argv[3]), calls = atol(argv[4]);
    if (!call || warm_up < 0 || calls < 1)
        errx(2, "no operation %s, or no calls to make", argv[1]);

    int fd = open(argv[2], O_RDWR);
    if (fd < 0)
        err(1, "open %s", argv[2]);
    uint64_t *took = calloc((size_t)calls, sizeof *took);
    if (!took)
        err(1, "%ld results", calls);
    /* Touched now, not by a page fault within a measured call. */
    memset(took, 1, (size_t)calls * sizeof *took);

    for (long i = -warm_up; i < calls; i++) {
        uint64_t start = now();
        if (!call(fd))
            err(1, "%s on %s gave a wrong answer; errno", argv[1], argv[2]);
        if (i >= 0)
            took[i] = now() - start;
    }

    double sum = 0;
    for (long i = 0; i < calls; i++)
        sum += (double)took[i];
    qsort(took, (size_t)calls, sizeof *took, by_size);
    printf("%llu %.0f\n", (unsigned long long)took[calls / 2], sum / (double)calls);
    return 0;
}
