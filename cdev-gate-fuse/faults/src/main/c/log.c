#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int log_fd = -1;
static __thread pid_t thread_id;
static pid_t process_id;

int open_log(const char *path) {
    log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    process_id = getpid();
    return log_fd < 0 ? -1 : 0;
}

/* The thread that forked is the child's only one, and has another id. */
void log_forked(void) {
    process_id = getpid();
    thread_id = 0;
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static pid_t tid(void) {
    if (thread_id == 0) {
        thread_id = (pid_t)syscall(SYS_gettid);
    }
    return thread_id;
}

/*
 * A line begins with a line end too: the kernel ends the write of a process that is killed where a
 * page ends, and whoever shares the log writes on behind that piece.
 */
static void put(const char *line, int length) {
    int saved = errno;
    if (length <= 0 || write(log_fd, line, (size_t)length) != length) {
        _exit(90); /* without its log the client says nothing */
    }
    errno = saved;
}

void log_begin(struct client *client, const char *call, const struct slot *slot, const char *detail) {
    char line[160];
    int length;
    client->calls++;
    if (slot != NULL && slot->opener != 0) {
        length = snprintf(line, sizeof line, "\nB %d %d %u %llu %s %d.%u %s\n", process_id, tid(),
                          client->calls, (unsigned long long)now(), call, slot->opener, slot->file,
                          detail);
    } else {
        length = snprintf(line, sizeof line, "\nB %d %d %u %llu %s - %s\n", process_id, tid(),
                          client->calls, (unsigned long long)now(), call, detail);
    }
    put(line, length);
}

void log_end(struct client *client, long result, int error, uint64_t generation) {
    char line[128];
    put(line, snprintf(line, sizeof line, "\nE %d %d %u %llu %ld %d %llu\n", process_id, tid(),
                       client->calls, (unsigned long long)now(), result, result < 0 ? error : 0,
                       (unsigned long long)generation));
}

/* Called by the handler: snprintf of numbers takes no lock and no memory. */
void log_signal(int signal) {
    char line[80];
    put(line, snprintf(line, sizeof line, "\nS %d %d %d %llu\n", process_id, tid(), signal,
                       (unsigned long long)now()));
}
