/*
 * Shows what inotify(7) tells. Reads lines "watch PATH" and answers "= NUMBER" or "! ERRNO"; writes
 * a line "NUMBER EVENTS NAME" for each event. Ends with its input.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static const struct {
    unsigned int bit;
    const char *name;
} NAMES[] = {
    {IN_ATTRIB, "ATTRIB"},         {IN_MOVED_FROM, "MOVED_FROM"}, {IN_MOVED_TO, "MOVED_TO"},
    {IN_CREATE, "CREATE"},         {IN_DELETE, "DELETE"},         {IN_DELETE_SELF, "DELETE_SELF"},
    {IN_UNMOUNT, "UNMOUNT"},       {IN_Q_OVERFLOW, "OVERFLOW"},   {IN_IGNORED, "IGNORED"},
    {IN_ISDIR, "ISDIR"},
};

static const unsigned int WATCHED =
    IN_ATTRIB | IN_MOVE | IN_CREATE | IN_DELETE | IN_DELETE_SELF;

static void show(const struct inotify_event *event) {
    const char *separator = "";
    printf("%d ", event->wd);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (event->mask & NAMES[i].bit) {
            printf("%s%s", separator, NAMES[i].name);
            separator = "|";
        }
    }
    printf(" %s\n", event->len ? event->name : "");
}

int main(void) {
    int fd = inotify_init1(IN_CLOEXEC);
    struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {fd, POLLIN, 0}};
    char line[8192];
    size_t filled = 0;
    char events[65536] __attribute__((aligned(__alignof__(struct inotify_event))));

    if (fd < 0) {
        perror("inotify_init1");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            perror("poll");
            return 1;
        }
        if (fds[1].revents) {
            ssize_t length = read(fd, events, sizeof events);
            for (char *at = events; at < events + length;) {
                const struct inotify_event *event = (const struct inotify_event *) at;
                show(event);
                at += sizeof *event + event->len;
            }
        }
        if (fds[0].revents) {
            ssize_t length = read(STDIN_FILENO, line + filled, sizeof line - filled);
            char *end;
            if (length <= 0) {
                return 0;
            }
            filled += length;
            while ((end = memchr(line, '\n', filled)) != NULL) {
                *end = 0;
                if (strncmp(line, "watch ", 6) == 0) {
                    int wd = inotify_add_watch(fd, line + 6, WATCHED);
                    printf("%c %d\n", wd < 0 ? '!' : '=', wd < 0 ? errno : wd);
                }
                filled -= end + 1 - line;
                memmove(line, end + 1, filled);
            }
        }
    }
}
