/*
 * Opens a node many times and keeps it open until stdin ends.
 *
 *     hold_open NODE COUNT
 *
 * Says "open" when it has.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long count = argc == 3 ? atol(argv[2]) : 0;
    if (count < 1)
        errx(2, "usage: hold_open NODE COUNT");
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        err(1, "limit of descriptors");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (long i = 0; i < count; i++)
        if (open(argv[1], O_RDONLY) < 0)
            err(1, "open number %ld of %s (ulimit -Hn is %llu)", i, argv[1],
                (unsigned long long)files.rlim_max);
    puts("open");
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
