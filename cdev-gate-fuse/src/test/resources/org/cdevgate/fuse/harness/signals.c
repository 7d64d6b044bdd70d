/* Signals: their handlers, touching memory that may be gone, and a storm of them. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static __thread sigjmp_buf touching;
static __thread volatile int is_touching;
static volatile sig_atomic_t handled;

static void count(int signal) {
    (void)signal;
    handled++;
}

static void leave_touch(int number) {
    if (!is_touching) {
        signal(number, SIG_DFL); /* not of a load or store: die as anybody would */
        return;
    }
    siglongjmp(touching, 1);
}

static long set_action(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    return sigaction(number, &action, NULL);
}

/* As signal(2) does, with SA_RESTART, so that a test of EINTR shows that it makes no difference. */
void install_handlers(void) {
    if (set_action(SIGUSR1, count, SA_RESTART) < 0 || set_action(SIGBUS, leave_touch, 0) < 0 ||
        set_action(SIGCHLD, SIG_IGN, 0) < 0) {
        perror("sigaction");
        _exit(3);
    }
}

/* sigaction SIGNAL restart|norestart|ignore|default */
static long change_action(int number, const char *how) {
    if (strcmp(how, "ignore") == 0)
        return set_action(number, SIG_IGN, 0);
    if (strcmp(how, "default") == 0)
        return set_action(number, SIG_DFL, 0);
    return set_action(number, count, strcmp(how, "restart") == 0 ? SA_RESTART : 0);
}

/* Of the main thread, and so of those that it makes later. */
static long change_mask(int how, int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    errno = pthread_sigmask(how, &set, NULL);
    return errno == 0 ? 0 : -1;
}

/* Touches a byte as a program does; the answer is its value, or minus the signal that came. */
static long touch(volatile unsigned char *address, struct words *w, int store) {
    unsigned char *value = NULL;
    if (store)
        next_bytes(w, &value);
    long result;
    if (sigsetjmp(touching, 1) == 0) {
        is_touching = 1;
        if (store)
            *address = value[0];
        result = *address;
    } else {
        result = -SIGBUS;
    }
    is_touching = 0;
    free(value);
    return result;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct storm {
    pthread_t reader;
    volatile int stop;
    long sent;
};

static void *send_signals(void *argument) {
    struct storm *s = argument;
    while (!s->stop) {
        pthread_kill(s->reader, SIGUSR1);
        s->sent++;
    }
    return NULL;
}

/*
 * storm FD MILLIS SIGNALS: reads a byte again and again, while another thread signals this one as
 * fast as it can if SIGNALS is 1. The answer is the number of bytes, and as data the number of
 * EINTR and of signals sent; an errno if a read ended in any other way.
 */
static struct answer storm(int fd, long millis, int with_signals) {
    struct storm s = {.reader = pthread_self()};
    pthread_t sender;
    if (with_signals && (errno = pthread_create(&sender, NULL, send_signals, &s)) != 0)
        return answer_result(-1);
    double end = seconds() + (double)millis / 1000;
    long bytes = 0;
    long interrupted = 0;
    int error = 0;
    while (error == 0 && seconds() < end) {
        unsigned char byte;
        ssize_t result = read(fd, &byte, 1);
        if (result == 1)
            bytes++;
        else if (result < 0 && errno == EINTR && with_signals)
            interrupted++;
        else
            error = result < 0 ? errno : ENODATA;
    }
    s.stop = 1;
    if (with_signals)
        pthread_join(sender, NULL);
    if (error != 0) {
        errno = error;
        return answer_result(-1);
    }
    char text[64];
    int length = snprintf(text, sizeof text, "%ld %ld", interrupted, s.sent);
    return answer_data(bytes, (unsigned char *)text, (size_t)length);
}

int run_signal_command(const char *command, struct words *w, struct answer *a) {
    if (IS_COMMAND("signal")) {
        int id = (int)next_long(w);
        int number = w->rest == NULL ? SIGUSR1 : (int)next_long(w);
        *a = answer_result(signal_command_thread(id, number));
    } else if (IS_COMMAND("sigaction")) {
        int number = (int)next_long(w);
        *a = answer_result(change_action(number, next_word(w)));
    } else if (IS_COMMAND("block"))
        *a = answer_result(change_mask(SIG_BLOCK, (int)next_long(w)));
    else if (IS_COMMAND("unblock"))
        *a = answer_result(change_mask(SIG_UNBLOCK, (int)next_long(w)));
    else if (IS_COMMAND("handled"))
        *a = answer_result(handled);
    else if (IS_COMMAND("load"))
        *a = answer_result(touch((unsigned char *)next_long(w), w, 0));
    else if (IS_COMMAND("store"))
        *a = answer_result(touch((unsigned char *)next_long(w), w, 1));
    else if (IS_COMMAND("storm")) {
        int fd = (int)next_long(w);
        long millis = next_long(w);
        *a = storm(fd, millis, (int)next_long(w));
    } else if (IS_COMMAND("exit"))
        _exit((int)next_long(w)); /* exit_group(2): all threads, whatever they are blocked in */
    else
        return 0;
    return 1;
}
