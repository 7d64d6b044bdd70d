/*
 * client FOLDER CONTROL LOG SEED THREADS SORT NAME...
 *
 * SORT is "private" or "shared": whether threads and forked children use one another's descriptors.
 */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_THREADS = 16, SIGNAL_EVERY_MICROS = 4000, CHANCE_OF_SIGNAL = 12 };

struct settings settings;
volatile const char *stop;

static struct slot shared_slots[SLOTS];
static struct client clients[MAX_THREADS];
static atomic_int thread_ids[MAX_THREADS];

uint64_t next_random(struct client *client) {
    uint64_t x = client->random; /* xorshift64* */
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    client->random = x;
    return x * 0x2545F4914F6CDD1DULL;
}

int below(struct client *client, int bound) {
    return (int)((next_random(client) >> 33) % (uint64_t)bound);
}

int percent(struct client *client, int chance) {
    return below(client, 100) < chance;
}

static void fail(const char *what) {
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(91);
}

static void *run(void *argument) {
    struct client *client = argument;
    atomic_store(&thread_ids[client - clients], (int)syscall(SYS_gettid));
    while (!*stop) {
        random_call(client);
    }
    atomic_store(&thread_ids[client - clients], 0);
    return NULL;
}

/* Without and with SA_RESTART: neither restarts a call on a node. */
static void handle(int signal, int flags) {
    struct sigaction action = {.sa_handler = log_signal, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, NULL) < 0) {
        fail("sigaction");
    }
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fprintf(stderr, "usage: client FOLDER CONTROL LOG SEED THREADS SORT NAME...\n");
        return 92;
    }
    settings.folder = argv[1];
    int control = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (control < 0) {
        fail(argv[2]);
    }
    stop = mmap(NULL, 1, PROT_READ, MAP_SHARED, control, 0);
    if (stop == MAP_FAILED || open_log(argv[3]) < 0) {
        fail(argv[3]);
    }
    uint64_t seed = strtoull(argv[4], NULL, 10);
    int threads = atoi(argv[5]);
    settings.private = strcmp(argv[6], "private") == 0;
    if (threads < 1 || threads > MAX_THREADS) {
        fprintf(stderr, "client: %s threads; 1 to %d\n", argv[5], MAX_THREADS);
        return 92;
    }
    for (int i = 7; i < argc && settings.name_count < MAX_NAMES; i++) {
        snprintf(settings.names[settings.name_count++], NAME_BYTES, "%s", argv[i]);
    }

    struct rlimit no_core = {0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) < 0 || catch_bus_errors() < 0) {
        fail("setrlimit or sigaction");
    }
    signal(SIGCHLD, SIG_IGN); /* nobody waits for forked children */
    signal(SIGQUIT, SIG_DFL); /* a shell's background job ignores it */
    handle(SIGUSR1, 0); /* of the suite, to the process */
    handle(SIGALRM, 0); /* of its own, to a thread, as the next */
    handle(SIGUSR2, SA_RESTART);

    pthread_t ids[MAX_THREADS];
    for (int i = 0; i < threads; i++) {
        struct client *client = &clients[i];
        client->random = (seed + 1) * 0x9E3779B97F4A7C15ULL + (uint64_t)i * 0xD1B54A32D192ED03ULL + 1;
        client->slots = shared_slots;
        client->slot_count = SLOTS;
        if (settings.private) {
            client->slot_count = SLOTS / 4;
            client->slots = calloc((size_t)client->slot_count, sizeof *client->slots);
        }
        if (client->slots == NULL || pthread_create(&ids[i], NULL, run, client) != 0) {
            fail("pthread_create");
        }
    }
    struct client self = {.random = seed * 0x9E3779B97F4A7C15ULL + 7};
    pid_t pid = getpid();
    while (!*stop) {
        usleep(SIGNAL_EVERY_MICROS);
        if (percent(&self, CHANCE_OF_SIGNAL)) {
            int tid = atomic_load(&thread_ids[below(&self, threads)]);
            if (tid != 0) {
                syscall(SYS_tgkill, pid, tid, percent(&self, 50) ? SIGALRM : SIGUSR2);
            }
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    for (int i = 0; i < (settings.private ? threads : 1); i++) {
        last_calls(&clients[i]);
    }
    return 0;
}
