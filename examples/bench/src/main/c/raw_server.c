/*
 * The floor: one thread that reads a request, answers it and reads the next.
 * libfuse mounts for it, so that an ordinary user can run it, and does
 * nothing else.
 *
 *     raw_server FOLDER
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/stat.h>
#include "server.h"

static union {
    struct fuse_in_header header;
    char bytes[LARGEST + 4096];
} request;

static struct {
    struct fuse_out_header header;
    union {
        struct fuse_init_out init;
        struct fuse_entry_out entry;
        struct fuse_attr_out attr;
        struct fuse_open_out open;
        struct fuse_poll_out poll;
        struct fuse_write_out write;
        struct {
            struct fuse_ioctl_out out;
            char data[8];
        } ioctl;
        char data[LARGEST];
    };
} reply;

static struct fuse_attr attributes_of(uint64_t node)
{
    struct fuse_attr attributes = {.ino = node, .nlink = 1, .blksize = 4096};
    attributes.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0600;
    attributes.uid = getuid();
    attributes.gid = getgid();
    return attributes;
}

/* Fills in the reply; returns the size of its payload or a negative errno. */
static int answer(const void *argument)
{
    const struct fuse_init_in *init = argument;
    const struct fuse_read_in *read = argument;
    const struct fuse_write_in *write = argument;

    switch (request.header.opcode) {
    case FUSE_INIT:
        reply.init = (struct fuse_init_out){
            .major = FUSE_KERNEL_VERSION,
            .minor = FUSE_KERNEL_MINOR_VERSION,
            .max_readahead = init->max_readahead,
            .max_write = LARGEST,
            .flags = FUSE_BIG_WRITES,
        };
        return sizeof reply.init;
    case FUSE_LOOKUP:
        if (strcmp(argument, NODE) != 0)
            return -ENOENT;
        reply.entry = (struct fuse_entry_out){
            .nodeid = NODE_ID, .attr = attributes_of(NODE_ID)};
        return sizeof reply.entry;
    case FUSE_GETATTR:
        reply.attr = (struct fuse_attr_out){.attr = attributes_of(request.header.nodeid)};
        return sizeof reply.attr;
    case FUSE_OPEN:
        reply.open = (struct fuse_open_out){
            .open_flags = FOPEN_DIRECT_IO | FOPEN_STREAM | FOPEN_NONSEEKABLE};
        return sizeof reply.open;
    case FUSE_READ:
        memcpy(reply.data, device, read->size);
        return (int)read->size;
    case FUSE_WRITE:
        memcpy(device, write + 1, write->size);
        reply.write = (struct fuse_write_out){.size = write->size};
        return sizeof reply.write;
    case FUSE_IOCTL:
        memset(&reply.ioctl.out, 0, sizeof reply.ioctl.out);
        memcpy(reply.ioctl.data, (const struct fuse_ioctl_in *)argument + 1,
               sizeof reply.ioctl.data);
        return sizeof reply.ioctl;
    case FUSE_POLL:
        reply.poll = (struct fuse_poll_out){
            .revents = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM};
        return sizeof reply.poll;
    case FUSE_RELEASE:
        return 0;
    default:
        return -ENOSYS;
    }
}

static int wants_reply(void)
{
    return request.header.opcode != FUSE_FORGET &&
           request.header.opcode != FUSE_BATCH_FORGET &&
           request.header.opcode != FUSE_INTERRUPT;
}

static void end(int signal)
{
    (void)signal; /* its arrival ends the read */
}

int main(int argc, char **argv)
{
    struct fuse_args args = FUSE_ARGS_INIT(1, argv);
    static const struct fuse_lowlevel_ops none;
    if (argc != 2)
        errx(2, "usage: raw_server FOLDER");
    struct fuse_session *session = fuse_session_new(&args, &none, sizeof none, NULL);
    if (!session || fuse_session_mount(session, argv[1]) != 0)
        errx(1, "cannot mount on %s", argv[1]);
    int fd = fuse_session_fd(session);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = end}, NULL);
    ready();

    /* ENOENT: the request was taken back while it was being read. */
    while (read(fd, request.bytes, sizeof request) > 0 || errno == ENOENT) {
        if (!wants_reply())
            continue;
        int size = answer(request.bytes + sizeof request.header);
        reply.header.unique = request.header.unique;
        reply.header.error = size < 0 ? size : 0;
        reply.header.len = (uint32_t)(sizeof reply.header + (size < 0 ? 0 : size));
        if (write(fd, &reply, reply.header.len) < 0 && errno != ENOENT)
            err(1, "reply to opcode %u", request.header.opcode);
    }
    fuse_session_unmount(session);
    fuse_session_destroy(session);
    return 0;
}
