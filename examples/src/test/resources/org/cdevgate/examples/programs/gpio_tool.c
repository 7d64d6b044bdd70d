/*
 * Tells about a GPIO adapter and how its lines change, in the manner of gpioinfo and gpiomon, which
 * want a character device: gpio_tool COMMAND NODE [LINES [COUNT]]
 *
 *   info NODE                  the chip and each of its lines
 *   get NODE LINES             the levels of lines
 *   monitor NODE LINES COUNT   so many events, asleep in read(2); 0: as long as there is an adapter
 *   poll NODE LINES            the same for ever, asleep in poll(2)
 *   epoll NODE LINES           the same, asleep in epoll_wait(2)
 *   ask NODE                   what each call answers, whenever a line arrives on standard input
 *
 * LINES is a mask, line 0 in bit 0. Exits with 1 at the first error of a call, which it prints, and
 * with 2 if it is called in another way.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/types.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REQUEST_LINES _IOW(0xB4, 0x40, __u64) /* of our driver: no descriptor of its own */

static int fd;

static void fail(const char *call)
{
	fprintf(stderr, "gpio_tool: %s: %s\n", call, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr, "usage: gpio_tool info|ask NODE\n"
			"       gpio_tool get|poll|epoll NODE LINES\n"
			"       gpio_tool monitor NODE LINES COUNT\n");
	exit(2);
}

static __u64 number(const char *text)
{
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end) {
		fprintf(stderr, "gpio_tool: \"%s\" is no number of up to 64 bits\n", text);
		exit(2);
	}
	return value;
}

static void info(void)
{
	struct gpiochip_info chip;
	__u32 i;

	if (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &chip))
		fail("chip info");
	printf("%s [%s] (%u lines)\n", chip.name, chip.label, chip.lines);
	for (i = 0; i < chip.lines; i++) {
		struct gpio_v2_line_info line = { .offset = i };

		if (ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &line))
			fail("line info");
		printf("%2u: \"%s\" %s, ", line.offset, line.name,
		       line.flags & GPIO_V2_LINE_FLAG_INPUT ? "input" : "output");
		if (line.flags & GPIO_V2_LINE_FLAG_USED)
			printf("used by %s\n", line.consumer);
		else
			printf("unused\n");
	}
}

static void request(__u64 lines)
{
	if (ioctl(fd, REQUEST_LINES, &lines))
		fail("request of lines");
}

static void get(__u64 lines)
{
	struct gpio_v2_line_values values = { .mask = lines };

	if (ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values))
		fail("values of lines");
	printf("0x%llx\n", (unsigned long long)values.bits);
}

/* Reads one event and prints it; 0 if there is none and the descriptor does not wait. */
static int read_event(void)
{
	static __u64 last;
	struct gpio_v2_line_event event;
	ssize_t got = read(fd, &event, sizeof(event));

	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got < 0)
		fail("read");
	if (got != sizeof(event) || event.timestamp_ns < last) {
		fprintf(stderr, "gpio_tool: read: %zd bytes, or a time before the last one's\n", got);
		exit(1);
	}
	last = event.timestamp_ns;
	printf("%u: line %u %s, its %u\n", event.seqno, event.offset,
	       event.id == GPIO_V2_LINE_EVENT_RISING_EDGE ? "rises" : "falls", event.line_seqno);
	return 1;
}

static void print_events(unsigned int events)
{
	printf("poll:%s%s%s%s\n", events & POLLIN ? " IN" : "", events & POLLERR ? " ERR" : "",
	       events & POLLHUP ? " HUP" : "", events ? "" : " nothing");
}

/* After a wake-up: reads all that is there. Ends the program if the adapter is gone. */
static void woken(unsigned int events)
{
	if (events & (POLLERR | POLLHUP))
		print_events(events);
	while (read_event())
		;
}

static void poll_for_ever(void)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	for (;;) {
		if (poll(&waiting, 1, -1) < 0)
			fail("poll");
		woken(waiting.revents);
	}
}

/* The constants of epoll are those of poll. */
static void epoll_for_ever(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		fail("epoll_ctl");
	for (;;) {
		if (epoll_wait(epoll, &event, 1, -1) < 0)
			fail("epoll_wait");
		woken(event.events);
	}
}

static void ask(void)
{
	struct gpio_v2_line_event event;
	struct gpiochip_info chip;
	char line[16];

	printf("opened\n");
	while (fgets(line, sizeof(line), stdin)) {
		struct pollfd now = { .fd = fd, .events = POLLIN };

		if (poll(&now, 1, 0) < 0)
			fail("poll");
		print_events(now.revents);
		if (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &chip))
			printf("chip info: %s\n", strerror(errno));
		else
			printf("chip info: %s\n", chip.label);
		if (read(fd, &event, sizeof(event)) < 0)
			printf("read: %s\n", strerror(errno));
		else
			printf("read: an event\n");
	}
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	int monitor = !strcmp(command, "monitor");
	int alone = !strcmp(command, "info") || !strcmp(command, "ask");
	__u64 left;

	if (!monitor && !alone && strcmp(command, "get") && strcmp(command, "poll") &&
	    strcmp(command, "epoll"))
		usage();
	if (argc != (monitor ? 5 : alone ? 3 : 4))
		usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = open(argv[2], O_RDONLY | (monitor ? 0 : O_NONBLOCK));
	if (fd < 0)
		fail("open");
	if (!strcmp(command, "info")) {
		info();
		return 0;
	}
	if (!strcmp(command, "ask")) {
		ask();
		return 0;
	}
	request(number(argv[3]));
	if (!strcmp(command, "get")) {
		get(number(argv[3]));
		return 0;
	}
	if (!strcmp(command, "poll"))
		poll_for_ever();
	if (!strcmp(command, "epoll"))
		epoll_for_ever();
	for (left = number(argv[4]); read_event() && left != 1; left = left ? left - 1 : 0)
		;
	return 0;
}
