/*
 * What a C programmer would write: libfuse 3, low-level interface, its
 * multi-threaded loop with the defaults. One node that answers at once.
 *
 *     libfuse_server FOLDER
 */
#define FUSE_USE_VERSION 31 /* the oldest loop interface: builds with every libfuse 3 */
#include <errno.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include "server.h"

static struct stat attributes_of(fuse_ino_t ino)
{
    struct stat attributes = {.st_ino = ino, .st_nlink = 1};
    attributes.st_mode = ino == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0600;
    attributes.st_uid = getuid();
    attributes.st_gid = getgid();
    return attributes;
}

static void null_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry = {.ino = NODE_ID, .attr = attributes_of(NODE_ID)};
    if (parent == FUSE_ROOT_ID && strcmp(name, NODE) == 0)
        fuse_reply_entry(req, &entry);
    else
        fuse_reply_err(req, ENOENT);
}

static void null_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file)
{
    (void)file;
    struct stat attributes = attributes_of(ino);
    fuse_reply_attr(req, &attributes, 0);
}

static void null_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file)
{
    (void)ino;
    file->direct_io = 1;
    file->nonseekable = 1;
    fuse_reply_open(req, file);
}

static void null_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                      struct fuse_file_info *file)
{
    static __thread char bytes[LARGEST];
    (void)ino, (void)offset, (void)file;
    size = size < sizeof bytes ? size : sizeof bytes;
    memcpy(bytes, device, size);
    fuse_reply_buf(req, bytes, size);
}

static void null_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size,
                       off_t offset, struct fuse_file_info *file)
{
    (void)ino, (void)offset, (void)file;
    size = size < sizeof device ? size : sizeof device;
    memcpy(device, bytes, size);
    fuse_reply_write(req, size);
}

static void null_ioctl(fuse_req_t req, fuse_ino_t ino, int command, void *argument,
                       struct fuse_file_info *file, unsigned flags, const void *in,
                       size_t in_size, size_t out_size)
{
    (void)ino, (void)command, (void)argument, (void)file, (void)flags;
    fuse_reply_ioctl(req, 0, in, in_size < out_size ? in_size : out_size);
}

static void null_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file,
                      struct fuse_pollhandle *handle)
{
    (void)ino, (void)file;
    if (handle)
        fuse_pollhandle_destroy(handle);
    fuse_reply_poll(req, POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
}

static const struct fuse_lowlevel_ops operations = {
    .lookup = null_lookup,
    .getattr = null_getattr,
    .open = null_open,
    .read = null_read,
    .write = null_write,
    .ioctl = null_ioctl,
    .poll = null_poll,
};

int main(int argc, char **argv)
{
    struct fuse_args args = FUSE_ARGS_INIT(1, argv);
    if (argc != 2)
        errx(2, "usage: libfuse_server FOLDER");
    struct fuse_session *session =
        fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (!session || fuse_set_signal_handlers(session) != 0 ||
        fuse_session_mount(session, argv[1]) != 0)
        errx(1, "cannot mount on %s", argv[1]);
    ready();
    int result = fuse_session_loop_mt(session, 0);
    fuse_session_unmount(session);
    fuse_remove_signal_handlers(session);
    fuse_session_destroy(session);
    return result < 0;
}
