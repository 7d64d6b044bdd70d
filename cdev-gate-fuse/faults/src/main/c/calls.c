#define _GNU_SOURCE
#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
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

enum { FREE, OPENING, OPEN, CLOSING, CLOSED };

/* The drivers' commands, see StampedDriver. */
#define IDENTIFY _IOR('F', 1, uint64_t)
#define WAIT _IO('F', 2)
struct echo {
    uint64_t words[8];
};
#define ECHO _IOWR('F', 3, struct echo)
#define UNKNOWN _IO('T', 1)

enum {
    WORDS = 8,                   /* at most in a read or write */
    MIXED = -1,                  /* no generation: words of several in one read */
    MAPPED_BYTES = 4096,
    MAPPINGS = 16,
    FORKED_CALLS = 12,
    GONE_WITHIN_NANOS = 2000000, /* between two looks at a mapping that is to go */
};

/* A mapping and the file it is of. */
static struct mapping {
    const volatile uint64_t *address; /* NULL: none yet */
    struct slot of;
    atomic_int used;
} mappings[MAPPINGS];

static atomic_uint files;
static int is_child;

static uint64_t generation(const uint64_t *words, long bytes) {
    for (long i = 1; i < bytes / 8; i++) {
        if (words[i] != words[0]) {
            return (uint64_t)MIXED;
        }
    }
    return bytes >= 8 ? words[0] : 0;
}

static struct slot *free_slot(struct client *client) {
    int start = below(client, client->slot_count);
    for (int i = 0; i < client->slot_count; i++) {
        struct slot *slot = &client->slots[(start + i) % client->slot_count];
        int expected = FREE;
        if (atomic_compare_exchange_strong(&slot->state, &expected, OPENING)) {
            return slot;
        }
    }
    return NULL;
}

static void unuse(struct client *client, struct slot *slot) {
    if (atomic_fetch_sub(&slot->users, 1) != 1 || atomic_load(&slot->state) != CLOSING) {
        return;
    }
    int expected = CLOSING;
    if (atomic_compare_exchange_strong(&slot->state, &expected, CLOSED)) {
        log_begin(client, "close", slot, "-");
        int result = close(slot->fd);
        log_end(client, result, errno, 0);
        atomic_store(&slot->state, FREE);
    }
}

/* An open slot that stays open until unuse(). */
static struct slot *use(struct client *client) {
    int start = below(client, client->slot_count);
    for (int i = 0; i < client->slot_count; i++) {
        struct slot *slot = &client->slots[(start + i) % client->slot_count];
        if (atomic_load(&slot->state) != OPEN) {
            continue;
        }
        atomic_fetch_add(&slot->users, 1);
        if (atomic_load(&slot->state) == OPEN) {
            return slot;
        }
        unuse(client, slot);
    }
    return NULL;
}

static void close_slot(struct slot *slot) {
    int expected = OPEN;
    atomic_compare_exchange_strong(&slot->state, &expected, CLOSING); /* unuse() closes it */
}

static int is_named(const struct slot *slot, const char *prefix) {
    return strncmp(settings.names[slot->name], prefix, strlen(prefix)) == 0;
}

static void path_of(int name, char *path, size_t bytes) {
    snprintf(path, bytes, "%s/%s", settings.folder, settings.names[name]);
}

static void identify(struct client *client, struct slot *slot) {
    uint64_t word = 0;
    log_begin(client, "ioctl", slot, "identify");
    int result = ioctl(slot->fd, IDENTIFY, &word);
    log_end(client, result, errno, result < 0 ? 0 : word);
}

static void open_node(struct client *client) {
    struct slot *slot = free_slot(client);
    if (slot == NULL) {
        return;
    }
    slot->name = below(client, settings.name_count);
    slot->opener = getpid();
    slot->file = atomic_fetch_add(&files, 1) + 1;
    int flags = O_RDWR | O_CLOEXEC | (percent(client, 20) ? O_NONBLOCK : 0) |
                (percent(client, 5) ? O_APPEND : 0);
    char path[512], detail[64];
    if (!is_named(slot, "disk") && percent(client, 5)) {
        flags |= O_TRUNC; /* the kernel would take the disk's size for 0 until it asks again */
    }
    path_of(slot->name, path, sizeof path);
    snprintf(detail, sizeof detail, "%s %s", settings.names[slot->name],
             flags & O_NONBLOCK ? "nonblock" : "block");
    log_begin(client, "open", slot, detail);
    slot->fd = open(path, flags);
    log_end(client, slot->fd, errno, 0);
    if (slot->fd < 0) {
        atomic_store(&slot->state, FREE);
        struct timespec pause = {0, 300000}; /* nothing there: no reason to spin */
        nanosleep(&pause, NULL);
        return;
    }
    atomic_fetch_add(&slot->users, 1);
    atomic_store(&slot->state, OPEN);
    if (percent(client, 70)) {
        identify(client, slot);
    }
    unuse(client, slot);
}

static void read_words(struct client *client, struct slot *slot) {
    uint64_t words[WORDS];
    long bytes = 8 * (1 + below(client, WORDS));
    long result;
    int seekable = is_named(slot, "disk");
    if (seekable && percent(client, 40)) {
        log_begin(client, "pread", slot, "-");
        result = pread(slot->fd, words, (size_t)bytes, 8 * below(client, 64));
    } else if (percent(client, 20)) {
        struct iovec parts[2] = {{words, 8}, {words + 1, (size_t)bytes - 8}};
        log_begin(client, "read", slot, "readv");
        result = readv(slot->fd, parts, 2);
    } else {
        log_begin(client, "read", slot, "-");
        result = read(slot->fd, words, (size_t)bytes);
    }
    log_end(client, result, errno, generation(words, result));
    if (seekable && result == 0) {
        lseek(slot->fd, 0, SEEK_SET);
    }
}

static void write_words(struct client *client, struct slot *slot) {
    uint64_t words[WORDS] = {0};
    log_begin(client, "write", slot, "-");
    long result = write(slot->fd, words, 8 * (size_t)(1 + below(client, WORDS)));
    log_end(client, result, errno, 0);
}

static void control(struct client *client, struct slot *slot) {
    switch (below(client, 6)) {
    case 0:
    case 1:
        identify(client, slot);
        return;
    case 2: {
        log_begin(client, "ioctl", slot, "wait");
        int result = ioctl(slot->fd, WAIT);
        log_end(client, result, errno, 0);
        return;
    }
    case 3: {
        int word = 0;
        log_begin(client, "ioctl-unknown", slot, "-");
        int result = ioctl(slot->fd, UNKNOWN, &word);
        log_end(client, result, errno, 0);
        return;
    }
    default: {
        struct echo echo = {.words = {0, 1, 2, 3, 4, 5, 6, 7}};
        log_begin(client, "ioctl", slot, "echo");
        int result = ioctl(slot->fd, ECHO, &echo);
        int error = errno;
        /* word 0 is the generation, the others come back as they are */
        int same = 1;
        for (unsigned i = 1; i < 8; i++) {
            same &= echo.words[i] == i;
        }
        log_end(client, result, error, result < 0 ? 0 : same ? echo.words[0] : (uint64_t)MIXED);
        return;
    }
    }
}

static int timeout(struct client *client) {
    return percent(client, 10) ? -1 : percent(client, 40) ? 0 : 1 + below(client, 40);
}

static void wait_ready(struct client *client, struct slot *slot) {
    char detail[48];
    int millis = timeout(client);
    switch (below(client, 4)) {
    case 0:
    case 1: {
        short events = (short[]){POLLIN, POLLOUT, POLLIN | POLLOUT, 0, POLLPRI}[below(client, 5)];
        snprintf(detail, sizeof detail, "%d %d", events, millis);
        log_begin(client, "poll", slot, detail);
        struct pollfd asked = {slot->fd, events, 0};
        int result = poll(&asked, 1, millis);
        log_end(client, result < 0 ? result : asked.revents, errno, 0);
        return;
    }
    case 2: {
        fd_set in, out;
        FD_ZERO(&in);
        FD_ZERO(&out);
        FD_SET(slot->fd, &in);
        FD_SET(slot->fd, &out);
        struct timeval limit = {0, millis * 1000L};
        snprintf(detail, sizeof detail, "0 %d", millis);
        log_begin(client, "select", slot, detail);
        int result = select(slot->fd + 1, &in, &out, NULL, millis < 0 ? NULL : &limit);
        int mask = result <= 0 ? 0
                               : (FD_ISSET(slot->fd, &in) ? 1 : 0) | (FD_ISSET(slot->fd, &out) ? 2 : 0);
        log_end(client, result < 0 ? result : mask, errno, 0);
        return;
    }
    default: {
        int epoll = epoll_create1(EPOLL_CLOEXEC);
        if (epoll < 0) {
            return;
        }
        struct epoll_event event = {.events = (percent(client, 50) ? EPOLLET : 0u) |
                                              (percent(client, 50) ? EPOLLIN : EPOLLPRI)};
        snprintf(detail, sizeof detail, "%u %d", event.events & ~EPOLLET, millis);
        log_begin(client, "epoll", slot, detail);
        int result = epoll_ctl(epoll, EPOLL_CTL_ADD, slot->fd, &event);
        if (result == 0) {
            result = epoll_wait(epoll, &event, 1, millis);
            result = result > 0 ? (int)event.events : result;
        }
        log_end(client, result, errno, 0);
        close(epoll);
        return;
    }
    }
}

static void small_calls(struct client *client, struct slot *slot) {
    int result;
    switch (below(client, 5)) {
    case 0:
        log_begin(client, "fsync", slot, "-");
        result = percent(client, 50) ? fsync(slot->fd) : fdatasync(slot->fd);
        break;
    case 1: {
        int whence = (int[]){SEEK_SET, SEEK_CUR, SEEK_END}[below(client, 3)];
        log_begin(client, "lseek", slot, "-");
        result = (int)lseek(slot->fd, whence == SEEK_SET ? 8 * below(client, 64) : 0, whence);
        break;
    }
    case 2: {
        struct stat status;
        log_begin(client, "fstat", slot, "-");
        result = fstat(slot->fd, &status);
        break;
    }
    default: {
        int flags = fcntl(slot->fd, F_GETFL);
        log_begin(client, "fcntl", slot, flags & O_NONBLOCK ? "block" : "nonblock");
        result = fcntl(slot->fd, F_SETFL, flags ^ O_NONBLOCK);
        break;
    }
    }
    log_end(client, result, errno, 0);
}

static void duplicate(struct client *client, struct slot *slot) {
    struct slot *other = free_slot(client);
    if (other == NULL) {
        return;
    }
    other->fd = dup(slot->fd);
    other->file = slot->file;
    other->opener = slot->opener;
    other->name = slot->name;
    atomic_store(&other->state, other->fd < 0 ? FREE : OPEN);
}

static void look(struct client *client, struct mapping *mapping, const char *call) {
    uint64_t word = 0;
    log_begin(client, call, &mapping->of, "-");
    int there = touch(mapping->address, &word);
    log_end(client, there ? 0 : -1, there ? 0 : EFAULT, there ? word : 0);
}

static void map(struct client *client, struct slot *slot) {
    struct mapping *mapping = &mappings[below(client, MAPPINGS)];
    if (!is_named(slot, "disk")) {
        return;
    }
    if (atomic_exchange(&mapping->used, 1) == 0) {
        int sort = percent(client, 50) ? MAP_SHARED : MAP_PRIVATE;
        log_begin(client, "mmap", slot, "-");
        void *address = mmap(NULL, MAPPED_BYTES, PROT_READ, sort, slot->fd, 0);
        log_end(client, address == MAP_FAILED ? -1 : 0, errno, 0);
        if (address == MAP_FAILED) {
            atomic_store(&mapping->used, 0);
            return;
        }
        mapping->of.file = slot->file;
        mapping->of.opener = slot->opener;
        atomic_thread_fence(memory_order_release);
        mapping->address = address;
    }
    if (mapping->address != NULL) {
        atomic_thread_fence(memory_order_acquire);
        look(client, mapping, "touch");
    }
}

static void on_path(struct client *client) {
    char path[512];
    int name = below(client, settings.name_count);
    path_of(name, path, sizeof path);
    if (percent(client, 70)) {
        struct stat status;
        log_begin(client, "stat", NULL, settings.names[name]);
        int result = stat(path, &status);
        log_end(client, result, errno, 0);
        return;
    }
    log_begin(client, "list", NULL, "-");
    int folder = open(settings.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char entries[1024] __attribute__((aligned(8)));
    long result = folder;
    int error = errno;
    off_t base = 0;
    if (folder >= 0) {
        while ((result = getdents64(folder, entries, sizeof entries)) > 0) {
            base += result;
        }
        error = errno;
        close(folder);
    }
    log_end(client, result < 0 ? -1 : (long)base, error, 0);
}

/*
 * The child uses what it inherited, then goes. The kernel copies descriptors and memory one after
 * the other, so only slots that cannot change meanwhile count: those in use by this thread.
 */
static void fork_child(struct client *client) {
    if (is_child) {
        return;
    }
    struct slot *kept[SLOTS];
    int count = 0;
    for (int i = 0; i < client->slot_count; i++) {
        struct slot *slot = &client->slots[i];
        atomic_fetch_add(&slot->users, 1);
        if (atomic_load(&slot->state) == OPEN) {
            kept[count++] = slot;
        } else {
            unuse(client, slot);
        }
    }
    uint64_t seed = next_random(client);
    if (fork() != 0) {
        for (int i = 0; i < count; i++) {
            unuse(client, kept[i]);
        }
        return;
    }
    log_forked();
    is_child = 1;
    client->random = seed | 1;
    for (int i = 0, next = 0; i < client->slot_count; i++) {
        struct slot *slot = &client->slots[i];
        int inherited = next < count && kept[next] == slot;
        next += inherited;
        atomic_store(&slot->users, 0);
        atomic_store(&slot->state, inherited ? OPEN : FREE);
    }
    for (int i = 0; i < FORKED_CALLS && !*stop; i++) {
        random_call(client);
    }
    _exit(0);
}

void random_call(struct client *client) {
    int choice = below(client, 1000);
    if (choice < 140) {
        open_node(client);
        return;
    }
    if (choice < 180) {
        on_path(client);
        return;
    }
    if (choice < 184) {
        if (!settings.private) {
            fork_child(client);
        }
        return;
    }
    if (choice < 185 && percent(client, 20)) {
        _exit(3); /* the other threads go with it, wherever they are */
    }
    struct slot *slot = use(client);
    if (slot == NULL) {
        open_node(client);
        return;
    }
    if (choice < 290) {
        close_slot(slot);
    } else if (choice < 480) {
        read_words(client, slot);
    } else if (choice < 600) {
        write_words(client, slot);
    } else if (choice < 730) {
        control(client, slot);
    } else if (choice < 860) {
        wait_ready(client, slot);
    } else if (choice < 920) {
        small_calls(client, slot);
    } else if (choice < 960) {
        map(client, slot);
    } else if (!settings.private) {
        duplicate(client, slot);
    }
    unuse(client, slot);
}

/* Revocation is told asynchronously, so this waits for it; the judge has a limit. */
static void await_gone(struct client *client, struct mapping *mapping) {
    uint64_t word;
    uint64_t until = now() + 10000000000u;
    struct timespec pause = {0, GONE_WITHIN_NANOS};
    while (touch(mapping->address, &word) && now() < until) {
        nanosleep(&pause, NULL);
    }
    look(client, mapping, "last-touch");
}

void last_calls(struct client *client) {
    for (int i = 0; i < MAPPINGS; i++) {
        if (mappings[i].address != NULL) {
            if (*stop == 1) {
                await_gone(client, &mappings[i]);
            } else {
                look(client, &mappings[i], "touch");
            }
            munmap((void *)mappings[i].address, MAPPED_BYTES);
            mappings[i].address = NULL;
        }
    }
    for (int i = 0; i < client->slot_count; i++) {
        struct slot *slot = &client->slots[i];
        if (atomic_load(&slot->state) == OPEN) {
            atomic_fetch_add(&slot->users, 1);
            close_slot(slot);
            unuse(client, slot);
        }
    }
}
