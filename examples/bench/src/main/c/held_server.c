/*
 * The floor of a removal: holds every read until it is told to answer them
 * all, with ENODEV, one write after the other. Nothing else: no device goes.
 *
 *     held_server FOLDER
 *
 * Takes lines on stdin: "count" is answered with the number of reads held,
 * "go" answers them and prints when it began and when it had written all, in
 * nanoseconds of CLOCK_MONOTONIC.
 */
#define FUSE_USE_VERSION 31
#include <err.h>
#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NODE "null0"
#define NODE_ID 2
#define LARGEST (128 * 1024)

enum { MOST = 65536 };

static int fd;
static uint64_t held[MOST];
static int holding;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fuse_session *session;

static union {
    struct fuse_in_header header;
    char bytes[LARGEST + 4096];
} request;

static void reply(uint64_t unique, int error, const void *payload, size_t size)
{
    struct {
        struct fuse_out_header header;
        char payload[256];
    } message = {.header = {.len = (uint32_t)(sizeof message.header + size),
                            .error = error,
                            .unique = unique}};
    memcpy(message.payload, payload, size);
    /* ENOENT: its caller has died. */
    if (write(fd, &message, message.header.len) < 0 && errno != ENOENT)
        err(1, "reply");
}

static struct fuse_attr attributes_of(uint64_t node)
{
    struct fuse_attr attributes = {.ino = node, .nlink = 1, .blksize = 4096};
    attributes.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0600;
    attributes.uid = getuid();
    attributes.gid = getgid();
    return attributes;
}

static void hold(uint64_t unique)
{
    pthread_mutex_lock(&lock);
    if (holding == MOST)
        errx(1, "more than %d reads", MOST);
    held[holding++] = unique;
    pthread_mutex_unlock(&lock);
}

static void serve(const void *argument)
{
    uint64_t unique = request.header.unique;
    struct fuse_entry_out entry = {.nodeid = NODE_ID, .attr = attributes_of(NODE_ID)};
    struct fuse_attr_out attr = {.attr = attributes_of(request.header.nodeid)};
    struct fuse_open_out open = {
        .open_flags = FOPEN_DIRECT_IO | FOPEN_STREAM | FOPEN_NONSEEKABLE};
    struct fuse_init_out init = {
        .major = FUSE_KERNEL_VERSION,
        .minor = FUSE_KERNEL_MINOR_VERSION,
        .max_readahead = ((const struct fuse_init_in *)argument)->max_readahead,
        .max_write = LARGEST,
        .max_background = 12,
    };

    switch (request.header.opcode) {
    case FUSE_INIT:
        reply(unique, 0, &init, sizeof init);
        break;
    case FUSE_LOOKUP:
        if (strcmp(argument, NODE) != 0)
            reply(unique, -ENOENT, NULL, 0);
        else
            reply(unique, 0, &entry, sizeof entry);
        break;
    case FUSE_GETATTR:
        reply(unique, 0, &attr, sizeof attr);
        break;
    case FUSE_OPEN:
        reply(unique, 0, &open, sizeof open);
        break;
    case FUSE_READ:
        hold(unique);
        break;
    case FUSE_RELEASE:
        reply(unique, 0, NULL, 0);
        break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        break;
    default:
        reply(unique, -ENOSYS, NULL, 0);
    }
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *command(void *unused)
{
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
        pthread_mutex_lock(&lock);
        if (strcmp(line, "go\n") == 0) {
            long long begin = now();
            for (int i = 0; i < holding; i++)
                reply(held[i], -ENODEV, NULL, 0);
            printf("%lld %lld\n", begin, now());
            holding = 0;
        } else {
            printf("%d\n", holding);
        }
        pthread_mutex_unlock(&lock);
        fflush(stdout);
    }
    fuse_session_unmount(session);
    exit(0);
    return unused;
}

int main(int argc, char **argv)
{
    struct fuse_args args = FUSE_ARGS_INIT(1, argv);
    static const struct fuse_lowlevel_ops none;
    pthread_t commands;
    if (argc != 2)
        errx(2, "usage: held_server FOLDER");
    session = fuse_session_new(&args, &none, sizeof none, NULL);
    if (!session || fuse_session_mount(session, argv[1]) != 0)
        errx(1, "cannot mount on %s", argv[1]);
    fd = fuse_session_fd(session);
    if (pthread_create(&commands, NULL, command, NULL) != 0)
        errx(1, "no thread for commands");
    puts("ready");
    fflush(stdout);
    while (read(fd, request.bytes, sizeof request) > 0 || errno == ENOENT)
        serve(request.bytes + sizeof request.header);
    return 0;
}
