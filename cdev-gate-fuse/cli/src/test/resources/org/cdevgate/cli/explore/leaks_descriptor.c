/* Broken: opens its device again and forgets the descriptor of the old one. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int opened(const char *path)
{
	for (int tries = 0; tries < 500; tries++) {
		int fd = open(path, O_RDONLY);

		if (fd >= 0)
			return fd;
		usleep(10000);
	}
	perror(path);
	return -1;
}

int main(int argc, char **argv)
{
	char record[16];
	int fd = opened(argv[argc - 1]);

	for (int records = 0; records < 2;) {
		if (fd < 0)
			return 1;
		if (read(fd, record, sizeof(record)) == sizeof(record))
			records++;
		else
			fd = opened(argv[argc - 1]);
	}
	puts("2 records");
	return 0;
}
