/*
 * keeper: starts clients and tells how each ended, orphans included.
 *
 * Reads "start PROGRAM ARGUMENT..." lines, words separated by tabs; prints "started PID", and for
 * each child or orphan that ends "ended PID STATUS TIME" with wait(2)'s status. "kill PID SIGNAL"
 * prints "killed RESULT BEFORE AFTER"; a child that has ended keeps its number until it is told.
 * "left" prints "left" when nothing is left to wait for. Times are CLOCK_MONOTONIC, ns. Ends at the
 * end of its input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WORDS = 64, LINE_BYTES = 16384 };

static int left_asked;

static void fail(const char *what) {
    fprintf(stderr, "keeper: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void start(char *line) {
    char *words[MAX_WORDS + 1];
    int count = 0;
    for (char *word = strtok(line, "\t"); word != NULL && count < MAX_WORDS; word = strtok(NULL, "\t")) {
        words[count++] = word;
    }
    words[count] = NULL;
    pid_t pid = count > 1 ? fork() : -1;
    if (pid < 0) {
        fail("start");
    }
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none); /* a JVM, from which the keeper comes, blocks SIGQUIT */
        sigprocmask(SIG_SETMASK, &none, NULL);
        close(0);
        /* Output goes to standard error: standard output is the keeper's. */
        dup2(2, 1);
        execv(words[1], words + 1);
        _exit(89);
    }
    printf("started %d\n", pid);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Only called between two reaps, so the number is still that process's or nobody's. */
static void send_signal(const char *line) {
    int pid, signal;
    if (sscanf(line, "kill\t%d\t%d", &pid, &signal) != 2 || pid <= 1) {
        fail(line);
    }
    long long before = now();
    int result = kill(pid, signal);
    printf("killed %d %lld %lld\n", result, before, now());
}

static void reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        printf("ended %d %d %lld\n", pid, status, now());
    }
    if (pid < 0 && errno == ECHILD && left_asked) {
        left_asked = 0;
        printf("left\n");
    }
}

int main(void) {
    static char line[LINE_BYTES];
    size_t filled = 0;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int ended = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (ended < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) {
        fail("signalfd or prctl");
    }
    setvbuf(stdout, NULL, _IOLBF, 4096);
    while (1) {
        struct pollfd both[2] = {{0, POLLIN, 0}, {ended, POLLIN, 0}};
        if (poll(both, 2, -1) < 0 && errno != EINTR) {
            fail("poll");
        }
        struct signalfd_siginfo info;
        while (read(ended, &info, sizeof info) > 0) {
        }
        reap();
        if (both[0].revents != 0) {
            ssize_t got = read(0, line + filled, sizeof line - 1 - filled);
            if (got <= 0) {
                return 0;
            }
            filled += (size_t)got;
            line[filled] = 0;
            char *end;
            while ((end = strchr(line, '\n')) != NULL) {
                *end = 0;
                if (strcmp(line, "left") == 0) {
                    left_asked = 1;
                } else if (strncmp(line, "kill\t", 5) == 0) {
                    send_signal(line);
                } else {
                    start(line);
                }
                filled -= (size_t)(end + 1 - line);
                memmove(line, end + 1, filled + 1);
            }
            reap();
        }
    }
}
