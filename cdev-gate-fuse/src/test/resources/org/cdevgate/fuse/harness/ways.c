/* The ways that data take from a file besides read(2), and other things that few clients do. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_keeping_errno(int fd) {
    int error = errno;
    close(fd);
    errno = error;
}

/* Moves data by splice(2) or sendfile(2) into one end of a channel, and reads them at the other. */
static struct answer through(int ends[2], int fd, size_t count, int splices) {
    long moved = splices ? splice(fd, NULL, ends[1], NULL, count, 0)
                         : sendfile(ends[1], fd, NULL, count);
    unsigned char *data = malloc(count + 1);
    size_t got = 0;
    while (moved > 0 && got < (size_t)moved) {
        ssize_t part = read(ends[0], data + got, (size_t)moved - got);
        if (part <= 0)
            abort();
        got += (size_t)part;
    }
    struct answer a = answer_data(moved, data, got);
    free(data);
    close_keeping_errno(ends[0]);
    close_keeping_errno(ends[1]);
    return a;
}

static struct answer through_pipe(int fd, size_t count, int splices) {
    int ends[2];
    return pipe(ends) < 0 ? answer_result(-1) : through(ends, fd, count, splices);
}

static struct answer through_socket(int fd, size_t count) {
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ? answer_result(-1)
                                                         : through(ends, fd, count, 0);
}

static struct answer to_file(int fd, size_t count) {
    int file = memfd_create("copy", MFD_CLOEXEC);
    if (file < 0)
        return answer_result(-1);
    long copied = copy_file_range(fd, NULL, file, NULL, count, 0);
    close_keeping_errno(file);
    return answer_result(copied);
}

static long negative_errno(long result) {
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

/* io_submit(2) of one pread. */
static struct answer by_aio(int fd, size_t count, long offset) {
    aio_context_t context = 0;
    if (syscall(SYS_io_setup, 1, &context) < 0)
        return answer_result(-1);
    unsigned char *data = malloc(count + 1);
    struct iocb request = {.aio_lio_opcode = IOCB_CMD_PREAD,
                           .aio_fildes = (unsigned)fd,
                           .aio_buf = (uintptr_t)data,
                           .aio_nbytes = count,
                           .aio_offset = offset};
    struct iocb *requests[] = {&request};
    struct io_event event;
    long result = syscall(SYS_io_submit, context, 1, requests);
    if (result == 1)
        result = syscall(SYS_io_getevents, context, 1, 1, &event, NULL) == 1
                     ? negative_errno((long)event.res)
                     : -1;
    struct answer a = answer_data(result, data, result < 0 ? 0 : (size_t)result);
    free(data);
    int error = errno;
    syscall(SYS_io_destroy, context);
    errno = error;
    return a;
}

static void *map_ring(int ring, size_t bytes, off_t what) {
    void *address =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, what);
    if (address == MAP_FAILED)
        abort();
    return address;
}

/* IORING_OP_READ in a ring of its own; offset -1 is the file's position. */
static struct answer by_uring(int fd, size_t count, long offset) {
    struct io_uring_params p;
    memset(&p, 0, sizeof p);
    int ring = (int)syscall(SYS_io_uring_setup, 1, &p);
    if (ring < 0)
        return answer_result(-1);
    size_t sq_bytes = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t cq_bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    size_t sqe_bytes = p.sq_entries * sizeof(struct io_uring_sqe);
    unsigned char *sq = map_ring(ring, sq_bytes, IORING_OFF_SQ_RING);
    unsigned char *cq = map_ring(ring, cq_bytes, IORING_OFF_CQ_RING);
    struct io_uring_sqe *sqe = map_ring(ring, sqe_bytes, IORING_OFF_SQES);
    unsigned char *data = malloc(count + 1);
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = IORING_OP_READ;
    sqe->fd = fd;
    sqe->addr = (uintptr_t)data;
    sqe->len = (unsigned)count;
    sqe->off = (uint64_t)offset;
    *(unsigned *)(sq + p.sq_off.array) = 0;
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    long result;
    do
        result = syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    while (result < 0 && errno == EINTR);
    if (result >= 0)
        result = negative_errno(((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res);
    struct answer a = answer_data(result, data, result < 0 ? 0 : (size_t)result);
    free(data);
    munmap(sq, sq_bytes);
    munmap(cq, cq_bytes);
    munmap(sqe, sqe_bytes);
    close_keeping_errno(ring);
    return a;
}

/* read(2) into a buffer so many bytes off the start of a page; the data are not answered. */
static struct answer unaligned(int fd, size_t count, size_t off) {
    unsigned char *pages = mmap(NULL, count + 2 * 4096, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages == MAP_FAILED)
        return answer_result(-1);
    struct answer a = answer_result(read(fd, pages + off, count));
    munmap(pages, count + 2 * 4096);
    return a;
}

/* A lease whose breaking is ignored, as by a process that means harm. */
static long lease(int fd, int type) {
    signal(SIGIO, SIG_IGN);
    return fcntl(fd, F_SETLEASE, type);
}

/* FIONREAD, of which the answer is what it stores. */
static long bytes_there(int fd) {
    int bytes = -1;
    return ioctl(fd, FIONREAD, &bytes) < 0 ? -1 : bytes;
}

static long epoll_modify(int epfd, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    return epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &event);
}

int run_other_way(const char *command, struct words *w, struct answer *a) {
    static const char *const names[] = {"splice", "sendfile", "sendsocket", "copyrange",
                                        "aio",    "uring",    "unaligned",  "lease",
                                        "fchmod", "fionread", "epoll_mod"};
    size_t which = 0;
    while (which < sizeof names / sizeof *names && !IS_COMMAND(names[which]))
        which++;
    if (which == sizeof names / sizeof *names)
        return 0;
    int fd = (int)next_long(w);
    long count = next_long(w);
    switch (which) {
    case 0:
    case 1:
        *a = through_pipe(fd, (size_t)count, which == 0);
        break;
    case 2:
        *a = through_socket(fd, (size_t)count);
        break;
    case 3:
        *a = to_file(fd, (size_t)count);
        break;
    case 4:
        *a = by_aio(fd, (size_t)count, next_long(w));
        break;
    case 5:
        *a = by_uring(fd, (size_t)count, next_long(w));
        break;
    case 6:
        *a = unaligned(fd, (size_t)count, (size_t)next_long(w));
        break;
    case 7:
        *a = answer_result(lease(fd, (int)count));
        break;
    case 8:
        *a = answer_result(fchmod(fd, (mode_t)count));
        break;
    case 9:
        *a = answer_result(bytes_there(fd));
        break;
    default:
        *a = answer_result(epoll_modify(fd, (int)count, (unsigned)next_long(w)));
    }
    return 1;
}
