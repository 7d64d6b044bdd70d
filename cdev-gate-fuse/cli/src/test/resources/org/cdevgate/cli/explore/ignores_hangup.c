/* Broken: asks only for POLLIN, so poll(2) returns at once and for ever when the device is gone. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char record[16];
	struct pollfd device = { .fd = open(argv[argc - 1], O_RDONLY), .events = POLLIN };

	if (device.fd < 0) {
		perror("open");
		return 1;
	}
	for (int records = 0; records < 2;) {
		poll(&device, 1, -1);
		if (!(device.revents & POLLIN) || (device.revents & POLLERR))
			continue;
		if (read(device.fd, record, sizeof(record)) < 0) {
			perror("read");
			return 1;
		}
		records++;
	}
	puts("2 records");
	return 0;
}
