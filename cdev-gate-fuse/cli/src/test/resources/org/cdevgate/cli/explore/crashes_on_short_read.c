/* Broken: takes every read for a whole record. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct record {
	char text[16];
};

static struct record *next(int fd)
{
	struct record *record = calloc(1, sizeof(*record));
	ssize_t got = read(fd, record, sizeof(*record));

	if (got < 0) {
		perror("read");
		exit(1);
	}
	return got == sizeof(*record) ? record : NULL;
}

int main(int argc, char **argv)
{
	int fd = open(argv[argc - 1], O_RDONLY);

	if (fd < 0) {
		perror("open");
		return 1;
	}
	for (int i = 0; i < 2; i++)
		printf("record %zu\n", strlen(next(fd)->text));
	return 0;
}
