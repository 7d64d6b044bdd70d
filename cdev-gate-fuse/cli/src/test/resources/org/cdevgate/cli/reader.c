/* Reads eight bytes again and again, says what it got, and exits with the errno. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char data[8];
  int fd = open(argv[argc - 1], O_RDONLY);
  ssize_t got = fd;
  while (got >= 0 && (got = read(fd, data, sizeof data)) >= 0)
    printf("%zd\n", got);
  printf("%s\n", strerror(errno));
  return errno;
}
