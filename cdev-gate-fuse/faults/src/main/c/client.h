/*
 * A client of the fault suite: opens nodes and makes random calls in several threads until it is
 * told to stop, and logs each outcome. See docs/faults.md.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SLOTS = 24, NAME_BYTES = 32, MAX_NAMES = 32 };

/* A descriptor that calls may use. Its life: free, opening, open, closing, free. */
struct slot {
    atomic_int state;
    atomic_int users; /* calls that use it; the last one out of a closing slot closes it */
    int fd;
    unsigned file; /* the open file, shared by dup */
    pid_t opener;
    int name; /* index of the node's name */
};

/* What a thread needs; the slots are its own or the process's. */
struct client {
    struct slot *slots;
    int slot_count;
    uint64_t random;
    unsigned calls; /* made by this thread */
};

/* Given by the command line. */
struct settings {
    const char *folder;
    char names[MAX_NAMES][NAME_BYTES];
    int name_count;
    int private; /* no descriptor is used by two threads or processes */
};
extern struct settings settings;
extern volatile const char *stop; /* first byte of the control file: 0 run, 1 all is removed: stop, 2 stop */

uint64_t next_random(struct client *client);
int below(struct client *client, int bound);
int percent(struct client *client, int chance);

/* Makes one random call. */
void random_call(struct client *client);
/* At the end: touches what is mapped until it is gone, then closes everything. */
void last_calls(struct client *client);

/* log.c: one line and one write(2) each, so that nothing is lost to a kill. */
int open_log(const char *path);
void log_forked(void);
uint64_t now(void);
void log_begin(struct client *client, const char *call, const struct slot *slot, const char *detail);
/* With the generation that the call showed, 0 if none. */
void log_end(struct client *client, long result, int error, uint64_t generation);
void log_signal(int signal);

/* touch.c: memory that may be gone. */
int catch_bus_errors(void);
/* 1 and the value, or 0 for SIGBUS. */
int touch(const volatile uint64_t *address, uint64_t *value);

#endif
