/*
 * attacker UID WAY PATH [ARGUMENT...]: a client that asks too much of a server, as an ordinary user.
 *
 *   ioctls PATH THREADS COMMAND   each thread calls one ioctl after the other
 *   sleepers PATH THREADS WAY BYTES   each thread sleeps in read or write, and calls again when it fails
 *   opens PATH FILES              opens so many files, and closes them all by its end
 *   depths PATH COMMAND FROM TO STEP   an ioctl for each depth
 *   poll PATH                     polls until there is an event, and prints "revents N"
 *   slow-write PATH MAPPED        writes from a mapping whose page does not come
 *   signals PATH CALLS COMMAND MILLIS   ioctls that take so long, each with a handled signal meanwhile
 *
 * Prints "ready" when it has begun, "done TEXT" at the end of what ends by itself, and ends at the end of its
 * input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 4096, STACK_BYTES = 65536, AGAIN_MICROS = 2000, SPARE_FILES = 100 };

static const char *path;
static unsigned long command;
static int writes;
static size_t bytes;
static char *data;
static atomic_int begun;

static void fail(const char *what) {
    fprintf(stderr, "attacker: %s: %s\n", what, strerror(errno));
    exit(91);
}

static int opened(const char *name) {
    int fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        fail(name);
    }
    return fd;
}

static void say(const char *text) {
    printf("%s\n", text);
    fflush(stdout);
}

static void *ioctls(void *argument) {
    int fd = (int)(intptr_t)argument;
    atomic_fetch_add(&begun, 1);
    /* The server refuses what is too much; a device that is gone ends it. */
    while (ioctl(fd, command, 0) >= 0 || errno != ENODEV) {
    }
    return NULL;
}

static void *sleeper(void *argument) {
    int fd = (int)(intptr_t)argument;
    atomic_fetch_add(&begun, 1);
    while ((writes ? write(fd, data, bytes) : read(fd, data, bytes)) >= 0 || errno != ENODEV) {
        usleep(AGAIN_MICROS);
    }
    return NULL;
}

/* All files are open before the first thread calls. */
static void start(int threads, void *(*body)(void *)) {
    static int fds[MAX_THREADS];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_BYTES);
    if (threads < 1 || threads > MAX_THREADS) {
        errno = ERANGE;
        fail("threads");
    }
    for (int i = 0; i < threads; i++) {
        fds[i] = opened(path);
    }
    for (int i = 0; i < threads; i++) {
        pthread_t id;
        if ((errno = pthread_create(&id, &small, body, (void *)(intptr_t)fds[i])) != 0) {
            fail("pthread_create");
        }
    }
    while (atomic_load(&begun) < threads) {
        usleep(AGAIN_MICROS);
    }
}

/* In as many processes as the limit of descriptors needs, which end with this one. */
static void open_many(int files) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
        fail("getrlimit");
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        fail("setrlimit");
    }
    int each = (int)(limit.rlim_max < 1000000 ? limit.rlim_max : 1000000) - SPARE_FILES, ready[2];
    if (pipe(ready) < 0) {
        fail("pipe");
    }
    for (; files > 0; files -= each) {
        pid_t child = fork();
        if (child < 0) {
            fail("fork");
        }
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (int i = files < each ? files : each; i > 0; i--) {
                opened(path);
            }
            if (write(ready[1], "r", 1) != 1) {
                fail("write");
            }
            pause();
            _exit(0);
        }
        char byte;
        if (read(ready[0], &byte, 1) != 1) {
            fail("read");
        }
    }
}

static void depths(char **argv) {
    int fd = opened(path);
    long from = atol(argv[1]), to = atol(argv[2]), step = atol(argv[3]), failed = 0;
    for (long depth = from; depth <= to; depth += step) {
        if (ioctl(fd, command, depth) < 0) {
            failed++;
        }
    }
    printf("done %ld of %ld failed\n", failed, (to - from) / step + 1);
    fflush(stdout);
}

static atomic_int signals;

static void handle(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
}

/* Each call takes longer than its signal: it has one, and its driver, which is deaf to it, ends it as it would. */
static void signalled(int calls, int millis) {
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGALRM, &action, NULL);
    int fd = opened(path), wrong = 0, error = 0;
    for (int i = 0; i < calls; i++) {
        struct itimerval half = {{0, 0}, {millis / 2 / 1000, millis / 2 % 1000 * 1000}};
        setitimer(ITIMER_REAL, &half, NULL);
        if (ioctl(fd, command, millis) < 0) {
            wrong++;
            error = errno;
        }
    }
    printf("done %d of %d calls failed%s%s, %d signals\n", wrong, calls, wrong ? " with " : "",
           wrong ? strerrorname_np(error) : "", atomic_load(&signals));
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: attacker UID WAY PATH [ARGUMENT...]\n");
        return 92;
    }
    unsigned uid = (unsigned)strtoul(argv[1], NULL, 10);
    const char *way = argv[2];
    path = argv[3];
    char **more = argv + 4;
    if (uid != 0 && (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)) {
        fail("setresuid");
    }
    if (strcmp(way, "ioctls") == 0) {
        command = strtoul(more[1], NULL, 0);
        start(atoi(more[0]), ioctls);
        say("ready");
    } else if (strcmp(way, "sleepers") == 0) {
        writes = strcmp(more[1], "write") == 0;
        bytes = strtoul(more[2], NULL, 10);
        data = calloc(1, bytes);
        start(atoi(more[0]), sleeper);
        say("ready");
    } else if (strcmp(way, "opens") == 0) {
        open_many(atoi(more[0]));
        say("ready");
    } else if (strcmp(way, "depths") == 0) {
        command = strtoul(more[0], NULL, 0);
        say("ready");
        depths(more);
    } else if (strcmp(way, "poll") == 0) {
        struct pollfd poller = {opened(path), POLLIN, 0};
        say("ready");
        while (poll(&poller, 1, -1) < 0 && errno == EINTR) {
        }
        printf("done revents %d\n", poller.revents);
        fflush(stdout);
    } else if (strcmp(way, "slow-write") == 0) {
        char *slow = mmap(NULL, 4096, PROT_READ, MAP_SHARED, opened(more[0]), 0);
        if (slow == MAP_FAILED) {
            fail("mmap");
        }
        int fd = opened(path);
        say("ready");
        ssize_t written = write(fd, slow, 100);
        printf("done write %zd %s\n", written, written < 0 ? strerrorname_np(errno) : "");
        fflush(stdout);
    } else if (strcmp(way, "signals") == 0) {
        command = strtoul(more[1], NULL, 0);
        say("ready");
        signalled(atoi(more[0]), atoi(more[2]));
    } else {
        fprintf(stderr, "attacker: unknown way %s\n", way);
        return 92;
    }
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    _exit(0); /* without waiting for threads that sleep */
}
