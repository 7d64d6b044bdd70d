/* What the C servers share: the node they show, and when they end. */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NODE "null0"
#define NODE_ID 2
#define LARGEST (128 * 1024)

/* What the node reads and writes; each server copies it once, as a driver does. */
static char device[LARGEST];

static pthread_t main_thread;

static void *watch_stdin(void *unused)
{
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    /* To the main thread: it is the one that sleeps where a signal ends it. */
    pthread_kill(main_thread, SIGTERM);
    return unused;
}

/* Says that clients may come, and arranges the end at the end of stdin. */
static void ready(void)
{
    pthread_t watcher;
    main_thread = pthread_self();
    if (pthread_create(&watcher, NULL, watch_stdin, NULL) != 0)
        errx(1, "no thread to watch stdin");
    puts("ready");
    fflush(stdout);
}
