/* Correct: says what went wrong, and takes short reads for what they are. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define BYTES 32

int main(int argc, char **argv)
{
	char record[16];
	struct pollfd device = { .fd = open(argv[argc - 1], O_RDONLY), .events = POLLIN };
	int bytes = 0;

	if (device.fd < 0) {
		perror("open");
		return 1;
	}
	while (bytes < BYTES) {
		if (poll(&device, 1, -1) < 0) {
			perror("poll");
			return 1;
		}
		ssize_t got = read(device.fd, record, sizeof(record));

		if (got <= 0) {
			if (got == 0)
				fputs("read: end of file\n", stderr);
			else
				perror("read");
			return 1;
		}
		bytes += got;
	}
	if (close(device.fd) < 0) {
		perror("close");
		return 1;
	}
	printf("%d bytes or more\n", BYTES);
	return 0;
}
