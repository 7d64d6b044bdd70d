/*
 * A process that makes system calls on command, one per line of standard input:
 *
 *   1 open 2 /dev/null          1 = 5
 *   2 read 5 8                  2 = 3 616263
 *   3 & read 5 8                3 ... 4711        (begun on a thread of its own, tid 4711)
 *                               3 ! 19            (errno)
 *   4 fork read 5 8             4 ... 4712        (begun in a child, which ends after it)
 *                               4 = 3 616263
 *
 * Numbers are decimal, bytes are hexadecimal, a path is the rest of its line. The process ends at
 * the end of its input, whatever its threads are blocked in.
 */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_CALLS 16384
#define STACK_BYTES (256 << 10)

/* Calls that run on threads of their own; guarded by the lock. */
static struct {
    int id;
    pid_t tid;
} running[MAX_CALLS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;
static int is_child;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    _exit(3);
}

/* Lines of two threads must not mix. A child has one thread, and maybe a lock held by none. */
static void print(const char *line) {
    size_t left = strlen(line);
    if (!is_child)
        pthread_mutex_lock(&output);
    while (left > 0) {
        ssize_t written = write(STDOUT_FILENO, line, left);
        if (written < 0 && errno != EINTR)
            _exit(0); /* nobody listens any more */
        if (written > 0) {
            line += written;
            left -= (size_t)written;
        }
    }
    if (!is_child)
        pthread_mutex_unlock(&output);
}

char *next_word(struct words *w) {
    char *word = strsep(&w->rest, " ");
    return word == NULL ? "" : word;
}

long next_long(struct words *w) { return strtol(next_word(w), NULL, 10); }

size_t next_bytes(struct words *w, unsigned char **data) {
    const char *hex = next_word(w);
    size_t bytes = strlen(hex) / 2;
    *data = malloc(bytes + 1);
    for (size_t i = 0; i < bytes; i++) {
        unsigned value = 0;
        sscanf(hex + 2 * i, "%2x", &value);
        (*data)[i] = (unsigned char)value;
    }
    return bytes;
}

struct answer answer_result(long result) {
    struct answer a = {malloc(32)};
    snprintf(a.text, 32, result == -1 ? "! %ld" : "= %ld", result == -1 ? (long)errno : result);
    return a;
}

struct answer answer_data(long result, const unsigned char *data, size_t bytes) {
    if (result == -1)
        return answer_result(result);
    struct answer a = {malloc(32 + 2 * bytes)};
    int length = snprintf(a.text, 32, "= %ld ", result);
    for (size_t i = 0; i < bytes; i++)
        sprintf(a.text + length + 2 * i, "%02x", data[i]);
    return a;
}

struct answer answer_unknown(const char *command) {
    struct answer a = {NULL};
    if (asprintf(&a.text, "? unknown command %s", command) < 0)
        fail("asprintf");
    return a;
}

int signal_command_thread(int id, int signal) {
    int result = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_CALLS; i++)
        if (running[i].id == id)
            result = tgkill(getpid(), running[i].tid, signal) == 0 ? 1 : -1;
    pthread_mutex_unlock(&lock);
    return result;
}

static void add_running(int id, pid_t tid) {
    pthread_mutex_lock(&lock);
    int i = 0;
    while (i < MAX_CALLS && running[i].id != 0)
        i++;
    if (i == MAX_CALLS) {
        errno = EAGAIN;
        fail("too many calls at a time");
    }
    running[i].id = id;
    running[i].tid = tid;
    pthread_mutex_unlock(&lock);
}

/* Before the thread ends: its id may be another's then. */
static void remove_running(int id) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_CALLS; i++)
        if (running[i].id == id)
            running[i].id = 0;
    pthread_mutex_unlock(&lock);
}

static void print_begun(int id, pid_t tid) {
    char line[48];
    snprintf(line, sizeof line, "%d ... %d\n", id, tid);
    print(line);
}

static char *execute(int id, const char *command, struct words *w) {
    struct answer a;
    if (!run_call(command, w, &a) && !run_signal_command(command, w, &a) &&
        !run_passing_command(command, w, &a) && !run_other_way(command, w, &a))
        a = answer_unknown(command);
    char *line;
    if (asprintf(&line, "%d %s\n", id, a.text) < 0)
        fail("asprintf");
    free(a.text);
    return line;
}

struct background {
    int id;
    char *line;
};

static void *run_in_background(void *argument) {
    struct background *b = argument;
    pid_t tid = gettid();
    add_running(b->id, tid);
    print_begun(b->id, tid);
    struct words w = {b->line};
    const char *command = next_word(&w);
    char *line = execute(b->id, command, &w);
    remove_running(b->id);
    print(line);
    free(line);
    free(b->line);
    free(b);
    return NULL;
}

static void begin(int id, const char *rest) {
    struct background *b = malloc(sizeof *b);
    b->id = id;
    b->line = strdup(rest);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    errno = pthread_create(&thread, &attributes, run_in_background, b);
    if (errno != 0)
        fail("pthread_create");
    pthread_attr_destroy(&attributes);
}

/* The child shares all open files, makes its call, and ends. It does not outlive its parent. */
static void run_in_child(int id, char *rest) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child > 0)
        return;
    is_child = 1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        fail("prctl");
    if (getppid() != parent)
        _exit(0);
    close(STDIN_FILENO);
    print_begun(id, getpid());
    struct words w = {rest};
    const char *command = next_word(&w);
    print(execute(id, command, &w));
    _exit(0);
}

static void accept_line(char *line) {
    struct words w = {line};
    int id = (int)next_long(&w);
    const char *command = next_word(&w);
    if (strcmp(command, "&") == 0) {
        begin(id, w.rest);
    } else if (strcmp(command, "fork") == 0) {
        run_in_child(id, w.rest);
    } else {
        char *answer = execute(id, command, &w);
        print(answer);
        free(answer);
    }
}

int main(void) {
    install_handlers();
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        accept_line(line);
    }
    _exit(0);
}
