/* One system call per command. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 65536
#define MAX_PARTS 16
#define MIN_BYTES 128
#define BETWEEN_OPENS_NANOS 100000

static unsigned char is_open[MAX_DESCRIPTORS]; /* by "open" and its like, to be closed by "closeall" */
static volatile int looping;

long remember(long fd) {
    if (fd >= 0 && fd < MAX_DESCRIPTORS)
        is_open[fd] = 1;
    return fd;
}

static long close_one(int fd) {
    if (fd >= 0 && fd < MAX_DESCRIPTORS)
        is_open[fd] = 0;
    return close(fd);
}

static long close_all(void) {
    long closed = 0;
    for (int fd = 0; fd < MAX_DESCRIPTORS; fd++) {
        if (!is_open[fd])
            continue;
        if (close_one(fd) < 0)
            return -1;
        closed++;
    }
    return closed;
}

static struct answer do_read(int fd, size_t count, long offset) {
    unsigned char *data = malloc(count + 1);
    long result = offset < 0 ? read(fd, data, count) : pread(fd, data, count, offset);
    struct answer a = answer_data(result, data, result < 0 ? 0 : (size_t)result);
    free(data);
    return a;
}

static struct answer do_write(int fd, struct words *w, int at_offset) {
    unsigned char *data;
    size_t bytes = next_bytes(w, &data);
    struct answer a =
        answer_result(at_offset ? pwrite(fd, data, bytes, next_long(w)) : write(fd, data, bytes));
    free(data);
    return a;
}

/* readv FD BYTES...: the parts of the answer follow one another. */
static struct answer do_readv(int fd, struct words *w) {
    struct iovec parts[MAX_PARTS];
    size_t total = 0;
    int count = 0;
    for (; w->rest != NULL && count < MAX_PARTS; count++) {
        parts[count].iov_len = (size_t)next_long(w);
        total += parts[count].iov_len;
    }
    unsigned char *data = calloc(1, total + 1);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        parts[i].iov_base = data + at;
        at += parts[i].iov_len;
    }
    long result = readv(fd, parts, count);
    struct answer a = answer_data(result, data, result < 0 ? 0 : (size_t)result);
    free(data);
    return a;
}

/* writev FD HEX... */
static struct answer do_writev(int fd, struct words *w) {
    struct iovec parts[MAX_PARTS];
    int count = 0;
    for (; w->rest != NULL && count < MAX_PARTS; count++) {
        unsigned char *data;
        parts[count].iov_len = next_bytes(w, &data);
        parts[count].iov_base = data;
    }
    struct answer a = answer_result(writev(fd, parts, count));
    for (int i = 0; i < count; i++)
        free(parts[i].iov_base);
    return a;
}

static struct answer do_ioctl(int fd, struct words *w) {
    unsigned long command = (unsigned int)next_long(w);
    unsigned char *data;
    size_t bytes = next_bytes(w, &data);
    struct answer a = answer_data(ioctl(fd, command, data), data, bytes);
    free(data);
    return a;
}

static struct answer do_map(int fd, size_t length, int flags) {
    void *address = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
    return answer_result(address == MAP_FAILED ? -1 : (long)address);
}

/*
 * Reads a byte of a mapping, or stores one at its beginning and writes it back, by system calls:
 * where a program that touched the page itself would get SIGBUS, these get EFAULT.
 */
static struct answer peek_or_poke(long address, struct words *w, int poke) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static int ends[2];
    pthread_mutex_lock(&lock);
    if (ends[1] == 0 && pipe(ends) < 0)
        abort();
    pthread_mutex_unlock(&lock);
    unsigned char *value = NULL;
    unsigned char byte = 0;
    if (poke)
        next_bytes(w, &value);
    void *from = poke ? value : (void *)address;
    void *to = poke ? (void *)address : &byte;
    long result = write(ends[1], from, 1);
    if (result == 1)
        result = read(ends[0], to, 1);
    free(value);
    if (!poke || result < 0)
        return answer_data(result, &byte, 1);
    return answer_result(msync((void *)address, 1, MS_SYNC));
}

static struct answer do_stat(int fd, const char *path) {
    struct stat status;
    int result = path == NULL ? fstat(fd, &status) : stat(path, &status);
    return answer_result(result < 0 ? -1 : status.st_size);
}

static long do_poll(int fd, short events, int timeout_millis) {
    struct pollfd entry = {fd, events, 0};
    int result = poll(&entry, 1, timeout_millis);
    return result < 0 ? -1 : entry.revents;
}

/* The answer is a mask: 1 readable, 2 writable, 4 exceptional condition. */
static long do_select(int fd, const char *sets, long timeout_millis) {
    static const char letters[] = "rwx";
    fd_set bits[3];
    fd_set *given[3];
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&bits[i]);
        FD_SET(fd, &bits[i]);
        given[i] = strchr(sets, letters[i]) == NULL ? NULL : &bits[i];
    }
    struct timeval time = {timeout_millis / 1000, timeout_millis % 1000 * 1000};
    int result =
        select(fd + 1, given[0], given[1], given[2], timeout_millis < 0 ? NULL : &time);
    if (result < 0)
        return -1;
    long mask = 0;
    for (int i = 0; i < 3; i++)
        if (given[i] != NULL && FD_ISSET(fd, given[i]))
            mask |= 1 << i;
    return mask;
}

static long epoll_add(int epfd, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

static long do_epoll_wait(int epfd, int timeout_millis) {
    struct epoll_event event;
    int result = epoll_wait(epfd, &event, 1, timeout_millis);
    return result <= 0 ? result : (long)event.events;
}

/* Opens a node again and again, sleeps in it until it is removed, and counts. */
static long loop(const char *call, const char *path) {
    int polls = strcmp(call, "poll") == 0;
    long rounds = 0;
    looping = 1;
    while (looping) {
        int fd = open(path, O_RDONLY);
        if (fd < 0) {
            if (errno != ENOENT && errno != ENODEV)
                return -1;
            struct timespec pause = {0, BETWEEN_OPENS_NANOS};
            nanosleep(&pause, NULL);
            continue;
        }
        char byte;
        long result = polls ? do_poll(fd, POLLIN, -1) : read(fd, &byte, 1);
        int expected = polls ? result == (POLLERR | POLLHUP) : result < 0 && errno == ENODEV;
        int error = errno;
        if (close(fd) < 0)
            return -1;
        errno = error;
        if (!expected)
            return result;
        rounds++;
    }
    return rounds;
}

/*
 * Makes a server keep as many bytes as it can: a write that is to sleep, and where it is refused
 * one of half the bytes. It fails when a small one was refused.
 */
static long fill(int fd, size_t bytes) {
    char *data = calloc(1, bytes);
    long result;
    while ((result = write(fd, data, bytes)) < 0 && (errno == EIO || errno == ENOMEM) && bytes > MIN_BYTES)
        bytes -= bytes / 2;
    free(data);
    return result;
}

int run_call(const char *command, struct words *w, struct answer *a) {
#define NEXT ((int)next_long(w))
    if (IS_COMMAND("open")) {
        int flags = NEXT;
        *a = answer_result(remember(open(w->rest, flags)));
    } else if (IS_COMMAND("close"))
        *a = answer_result(close_one(NEXT));
    else if (IS_COMMAND("closeall"))
        *a = answer_result(close_all());
    else if (IS_COMMAND("dup"))
        *a = answer_result(remember(dup(NEXT)));
    else if (IS_COMMAND("read")) {
        int fd = NEXT;
        *a = do_read(fd, (size_t)next_long(w), -1);
    } else if (IS_COMMAND("pread")) {
        int fd = NEXT;
        size_t count = (size_t)next_long(w);
        *a = do_read(fd, count, next_long(w));
    } else if (IS_COMMAND("readv"))
        *a = do_readv(NEXT, w);
    else if (IS_COMMAND("write"))
        *a = do_write(NEXT, w, 0);
    else if (IS_COMMAND("pwrite"))
        *a = do_write(NEXT, w, 1);
    else if (IS_COMMAND("write_from")) {
        int fd = NEXT;
        const void *address = (const void *)next_long(w);
        *a = answer_result(write(fd, address, (size_t)next_long(w)));
    } else if (IS_COMMAND("writev"))
        *a = do_writev(NEXT, w);
    else if (IS_COMMAND("lseek")) {
        int fd = NEXT;
        long offset = next_long(w);
        *a = answer_result(lseek(fd, offset, NEXT));
    } else if (IS_COMMAND("ioctl"))
        *a = do_ioctl(NEXT, w);
    else if (IS_COMMAND("fsync"))
        *a = answer_result(fsync(NEXT));
    else if (IS_COMMAND("ftruncate")) {
        int fd = NEXT;
        *a = answer_result(ftruncate(fd, next_long(w)));
    } else if (IS_COMMAND("map")) {
        int fd = NEXT;
        *a = do_map(fd, (size_t)next_long(w), MAP_SHARED);
    } else if (IS_COMMAND("map_private")) {
        int fd = NEXT;
        *a = do_map(fd, (size_t)next_long(w), MAP_PRIVATE);
    } else if (IS_COMMAND("peek"))
        *a = peek_or_poke(next_long(w), w, 0);
    else if (IS_COMMAND("poke"))
        *a = peek_or_poke(next_long(w), w, 1);
    else if (IS_COMMAND("getfl"))
        *a = answer_result(fcntl(NEXT, F_GETFL));
    else if (IS_COMMAND("setfl")) {
        int fd = NEXT;
        *a = answer_result(fcntl(fd, F_SETFL, NEXT));
    } else if (IS_COMMAND("fstat"))
        *a = do_stat(NEXT, NULL);
    else if (IS_COMMAND("stat"))
        *a = do_stat(-1, w->rest);
    else if (IS_COMMAND("poll")) {
        int fd = NEXT;
        short events = (short)NEXT;
        *a = answer_result(do_poll(fd, events, NEXT));
    } else if (IS_COMMAND("poll_then_read")) {
        int fd = NEXT;
        do_poll(fd, (short)NEXT, -1);
        usleep((useconds_t)NEXT * 1000);
        *a = do_read(fd, 1, -1);
    } else if (IS_COMMAND("epoll_then_read")) {
        int fd = NEXT;
        int epfd = epoll_create1(0);
        epoll_add(epfd, fd, (unsigned)next_long(w));
        do_epoll_wait(epfd, -1);
        usleep((useconds_t)NEXT * 1000);
        *a = do_read(fd, 1, -1);
        close(epfd);
    } else if (IS_COMMAND("select")) {
        int fd = NEXT;
        const char *sets = next_word(w);
        *a = answer_result(do_select(fd, sets, next_long(w)));
    } else if (IS_COMMAND("epoll_create"))
        *a = answer_result(remember(epoll_create1(0)));
    else if (IS_COMMAND("epoll_add")) {
        int epfd = NEXT;
        int fd = NEXT;
        *a = answer_result(epoll_add(epfd, fd, (unsigned)next_long(w)));
    } else if (IS_COMMAND("epoll_wait")) {
        int epfd = NEXT;
        *a = answer_result(do_epoll_wait(epfd, NEXT));
    } else if (IS_COMMAND("fill")) {
        int fd = NEXT;
        *a = answer_result(fill(fd, (size_t)next_long(w)));
    } else if (IS_COMMAND("loop")) {
        const char *call = next_word(w);
        *a = answer_result(loop(call, w->rest));
    } else if (IS_COMMAND("endloops"))
        *a = answer_result(looping = 0);
    else
        return 0;
    return 1;
}
