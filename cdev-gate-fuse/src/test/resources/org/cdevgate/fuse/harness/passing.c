/* Descriptors that go from one process to another, by fork or over a socket. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

/* mailbox PATH: a socket that descriptors can be sent to. */
static long make_mailbox(const char *path) {
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    return remember(fd);
}

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr aligned;
};

/* sendfd FD PATH */
static long send_descriptor(int fd, const char *path) {
    struct sockaddr_un address = address_of(path);
    char byte = 0;
    struct iovec data = {&byte, 1};
    union control control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_name = &address,
                             .msg_namelen = sizeof address,
                             .msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (from < 0)
        return -1;
    long result = sendmsg(from, &message, 0);
    int error = errno;
    close(from);
    errno = error;
    return result < 0 ? -1 : 0;
}

/* recvfd MAILBOX: the descriptor as this process has it. */
static long receive_descriptor(int mailbox) {
    char byte;
    struct iovec data = {&byte, 1};
    union control control;
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(mailbox, &message, 0) < 0)
        return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS) {
        errno = ENOMSG;
        return -1;
    }
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return remember(fd);
}

int run_passing_command(const char *command, struct words *w, struct answer *a) {
    if (IS_COMMAND("mailbox"))
        *a = answer_result(make_mailbox(w->rest));
    else if (IS_COMMAND("sendfd")) {
        int fd = (int)next_long(w);
        *a = answer_result(send_descriptor(fd, w->rest));
    } else if (IS_COMMAND("recvfd"))
        *a = answer_result(receive_descriptor((int)next_long(w)));
    else if (IS_COMMAND("pause"))
        *a = answer_result(pause());
    else
        return 0;
    return 1;
}
