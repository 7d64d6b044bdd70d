/*
 * A program that uses a ChromeOS embedded controller as ectool does: through the character device
 * of drivers/platform/chrome/cros_ec_chardev.c. The kernel's headers of it are in no package, so
 * what is needed of linux/platform_data/cros_ec_chardev.h and cros_ec_commands.h stands here.
 *
 *   ec_client version NODE             read the version, to the end of the file
 *   ec_client hello NODE WORD          EC_CMD_HELLO
 *   ec_client write NODE OFFSET SIZE   write a pattern to the flash memory
 *   ec_client read NODE OFFSET SIZE    read it, and tell how much of it is the pattern
 *   ec_client erase NODE OFFSET SIZE   erase it
 *   ec_client listen NODE MASK COUNT   read events
 *   ec_client poll NODE MASK COUNT     the same, asleep in poll
 *
 * Exit status: 0; 1 for an error of a system call; 2 if the controller refuses; 64 for wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct cros_ec_command {
	uint32_t version;
	uint32_t command;
	uint32_t outsize;
	uint32_t insize;
	uint32_t result;
	uint8_t data[];
};

#define CROS_EC_DEV_IOCXCMD _IOWR(0xEC, 0, struct cros_ec_command)
#define CROS_EC_DEV_IOCEVENTMASK _IO(0xEC, 2)

#define EC_CMD_HELLO 0x0001
#define EC_CMD_FLASH_READ 0x0011
#define EC_CMD_FLASH_WRITE 0x0012
#define EC_CMD_FLASH_ERASE 0x0013
#define EC_RES_SUCCESS 0

struct flash_part {
	uint32_t offset;
	uint32_t size;
};

static int fd;

static void fail(const char *what)
{
	fprintf(stderr, "ec_client: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void say(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

static uint8_t pattern(uint32_t offset)
{
	return (uint8_t)(offset * 7 + (offset >> 8));
}

static struct cros_ec_command *new_command(uint32_t command, size_t outsize, size_t insize)
{
	size_t most = outsize > insize ? outsize : insize;
	struct cros_ec_command *cmd = calloc(1, sizeof(*cmd) + most);

	if (!cmd)
		fail("calloc");
	cmd->command = command;
	cmd->outsize = (uint32_t)outsize;
	cmd->insize = (uint32_t)insize;
	return cmd;
}

/* Runs a command; returns how many bytes of data came back. */
static uint32_t run(struct cros_ec_command *cmd)
{
	int received = ioctl(fd, CROS_EC_DEV_IOCXCMD, cmd);

	if (received < 0)
		fail("CROS_EC_DEV_IOCXCMD");
	if (cmd->result != EC_RES_SUCCESS) {
		fprintf(stderr, "ec_client: the controller says EC result %u\n", cmd->result);
		exit(2);
	}
	return (uint32_t)received;
}

static void version(void)
{
	char text[256];
	ssize_t count;

	while ((count = read(fd, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)count, stdout);
	if (count < 0)
		fail("read");
}

static void hello(uint32_t word)
{
	struct cros_ec_command *cmd = new_command(EC_CMD_HELLO, sizeof(word), sizeof(word));
	uint32_t received;

	memcpy(cmd->data, &word, sizeof(word));
	received = run(cmd);
	memcpy(&word, cmd->data, sizeof(word));
	printf("%u bytes: 0x%08x\n", received, word);
	free(cmd);
}

static void flash_write(struct flash_part part)
{
	struct cros_ec_command *cmd = new_command(EC_CMD_FLASH_WRITE, sizeof(part) + part.size, 0);

	memcpy(cmd->data, &part, sizeof(part));
	for (uint32_t i = 0; i < part.size; i++)
		cmd->data[sizeof(part) + i] = pattern(part.offset + i);
	printf("%u bytes\n", run(cmd));
	free(cmd);
}

static void flash_read(struct flash_part part)
{
	struct cros_ec_command *cmd = new_command(EC_CMD_FLASH_READ, sizeof(part), part.size);
	uint32_t received, same = 0, erased = 0;

	memcpy(cmd->data, &part, sizeof(part));
	received = run(cmd);
	for (uint32_t i = 0; i < received; i++) {
		same += cmd->data[i] == pattern(part.offset + i);
		erased += cmd->data[i] == 0xff;
	}
	if (same == received)
		printf("%u bytes: the pattern\n", received);
	else if (erased == received)
		printf("%u bytes: erased\n", received);
	else
		printf("%u bytes: %u of the pattern, %u erased\n", received, same, erased);
	free(cmd);
}

static void flash_erase(struct flash_part part)
{
	struct cros_ec_command *cmd = new_command(EC_CMD_FLASH_ERASE, sizeof(part), 0);

	memcpy(cmd->data, &part, sizeof(part));
	printf("%u bytes\n", run(cmd));
	free(cmd);
}

static void sleep_in_poll(void)
{
	struct pollfd asked = {.fd = fd, .events = POLLIN};

	if (poll(&asked, 1, -1) < 0)
		fail("poll");
	printf("poll:%s%s%s\n", asked.revents & POLLIN ? " POLLIN" : "",
	       asked.revents & POLLERR ? " POLLERR" : "", asked.revents & POLLHUP ? " POLLHUP" : "");
	fflush(stdout);
}

static void listen_to(uint32_t mask, uint32_t count, int polls)
{
	uint8_t event[17];

	if (ioctl(fd, CROS_EC_DEV_IOCEVENTMASK, (unsigned long)mask) < 0)
		fail("CROS_EC_DEV_IOCEVENTMASK");
	say("listening\n");
	for (; count > 0; count--) {
		ssize_t size;

		if (polls)
			sleep_in_poll();
		size = read(fd, event, sizeof(event));
		if (size < 0)
			fail("read");
		printf("event %d:", event[0]);
		for (ssize_t i = 1; i < size; i++)
			printf(" %02x", event[i]);
		say("\n");
	}
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end || value > UINT32_MAX) {
		fprintf(stderr, "ec_client: %s is not a number of 32 bits\n", text);
		exit(64);
	}
	return (uint32_t)value;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	uint32_t first = argc > 3 ? number(argv[3]) : 0;
	uint32_t second = argc > 4 ? number(argv[4]) : 0;
	struct flash_part part = {first, second};

	if (argc > 2) {
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fail("open");
	}
	if (!strcmp(verb, "version") && argc == 3) {
		version();
	} else if (!strcmp(verb, "hello") && argc == 4) {
		hello(first);
	} else if (!strcmp(verb, "write") && argc == 5) {
		flash_write(part);
	} else if (!strcmp(verb, "read") && argc == 5) {
		flash_read(part);
	} else if (!strcmp(verb, "erase") && argc == 5) {
		flash_erase(part);
	} else if (!strcmp(verb, "listen") && argc == 5) {
		listen_to(first, second, 0);
	} else if (!strcmp(verb, "poll") && argc == 5) {
		listen_to(first, second, 1);
	} else {
		fprintf(stderr, "usage: ec_client version|hello|write|read|erase|listen|poll NODE ...\n");
		return 64;
	}
	return 0;
}
