/*
 * A process that uses a GPIO adapter which comes and goes: gpio_client MODE NODE LINES
 *
 * It opens the node again and again, does what MODE says until the adapter is gone, and checks each
 * answer. What no caller may see is printed, one line each. It ends at SIGTERM, or when its parent
 * has died.
 *
 *   read     requests LINES (a mask) and sleeps in read(2) for their events
 *   poll     the same with poll(2), and reads without sleeping
 *   request  asks for chip and line info, requests LINES, reads their levels, gives them back
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_LINES _IOW(0xB4, 0x40, __u64)

static volatile sig_atomic_t stop;
static const char *mode;
static __u64 lines;
static char label[GPIO_MAX_NAME_SIZE]; /* of the adapter that is open */

static void on_sigterm(int signal)
{
	(void)signal;
	stop = 1;
}

static void violation(const char *what, int error)
{
	printf("violation: %s of %s: %s\n", mode, what, error ? strerror(error) : "wrong result");
	fflush(stdout);
}

/* Whether the caller goes on: 0 once the adapter is gone. */
static int answered(int result, const char *what)
{
	if (result >= 0)
		return 1;
	if (errno != ENODEV && !(errno == EINTR && stop))
		violation(what, errno);
	return 0;
}

static int chip_info(int fd)
{
	struct gpiochip_info info;

	if (!answered(ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info), "chip info"))
		return 0;
	if (!label[0])
		memcpy(label, info.label, sizeof(label));
	else if (strcmp(label, info.label))
		violation("an old descriptor, which reached a new adapter", 0);
	return 1;
}

/* 1 if the lines are ours, 0 if another process has one of them, -1 if the adapter is gone. */
static int request(int fd, __u64 wanted)
{
	if (ioctl(fd, REQUEST_LINES, &wanted) == 0)
		return 1;
	if (errno == EBUSY)
		return 0;
	answered(-1, "line request");
	return -1;
}

/* Whether the caller goes on. */
static int read_event(int fd, int may_be_empty)
{
	struct gpio_v2_line_event event;
	ssize_t got = read(fd, &event, sizeof(event));

	if (got < 0 && may_be_empty && errno == EAGAIN)
		return 1;
	if (!answered(got, "read"))
		return 0;
	if (got != sizeof(event) || event.offset > 63 || !(lines >> event.offset & 1))
		violation("read, an event of a line that was not requested", 0);
	return 1;
}

static void until_it_is_gone(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	if (!strcmp(mode, "request")) {
		struct gpio_v2_line_info line = { .offset = 1 };
		struct gpio_v2_line_values values = { .mask = lines };
		int ours = 0;

		while (!stop && ours >= 0) {
			if (!chip_info(fd) ||
			    !answered(ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &line), "line info"))
				return;
			ours = request(fd, lines);
			if (ours > 0 &&
			    !answered(ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values), "values"))
				return;
			if (ours > 0)
				ours = request(fd, 0);
		}
		return;
	}
	if (request(fd, lines) < 0)
		return;
	while (!stop) {
		if (!strcmp(mode, "read")) {
			if (!read_event(fd, 0))
				return;
			continue;
		}
		if (!answered(poll(&waiting, 1, -1), "poll"))
			return;
		if (waiting.revents == (POLLERR | POLLHUP))
			return;
		if (waiting.revents & ~POLLIN)
			violation("poll, which is to say POLLIN, or POLLERR|POLLHUP", 0);
		if (!read_event(fd, 1))
			return;
	}
}

/* What each later call on the descriptor of an adapter that is gone answers. */
static void expect_dead(int fd)
{
	struct pollfd dead = { .fd = fd, .events = POLLIN };
	struct gpiochip_info info;
	struct gpio_v2_line_event event;

	if (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) != -1 || errno != ENODEV)
		violation("ioctl on a dead descriptor", 0);
	if (read(fd, &event, sizeof(event)) != -1 || errno != ENODEV)
		violation("read on a dead descriptor", 0);
	if (poll(&dead, 1, 0) != 1 || (dead.revents & (POLLERR | POLLHUP)) != (POLLERR | POLLHUP))
		violation("poll on a dead descriptor", 0);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_sigterm };
	const struct timespec between = { .tv_nsec = 200 * 1000 };
	pid_t parent = getppid();

	if (argc != 4) {
		fprintf(stderr, "usage: gpio_client read|poll|request NODE LINES\n");
		return 2;
	}
	mode = argv[1];
	lines = strtoull(argv[3], NULL, 0);
	sigaction(SIGTERM, &action, NULL);
	while (!stop && getppid() == parent) {
		int fd = open(argv[2], O_RDONLY | (strcmp(mode, "poll") ? 0 : O_NONBLOCK));

		if (fd < 0) {
			if (errno != ENOENT && errno != ENODEV && errno != EINTR)
				violation("open", errno);
			nanosleep(&between, NULL);
			continue;
		}
		label[0] = 0;
		if (chip_info(fd))
			until_it_is_gone(fd);
		if (!stop)
			expect_dead(fd);
		if (close(fd))
			violation("close", errno);
	}
	return 0;
}
