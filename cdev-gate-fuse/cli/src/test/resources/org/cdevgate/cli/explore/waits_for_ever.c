/* Broken: once its device is gone it waits for the path, for ever. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char record[16];
	int left = 2;
	int fd = open(argv[argc - 1], O_RDONLY);

	while (left > 0) {
		while (fd < 0) {
			usleep(20000);
			fd = open(argv[argc - 1], O_RDONLY);
		}
		if (read(fd, record, sizeof(record)) != sizeof(record)) {
			close(fd);
			fd = -1;
			continue;
		}
		left--;
	}
	puts("2 records");
	return 0;
}
