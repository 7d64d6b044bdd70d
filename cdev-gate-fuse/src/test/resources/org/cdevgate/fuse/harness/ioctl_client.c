/*
 * A process that makes ioctl(2) calls on command, one per line of standard input:
 *
 *   ID [&] COMMAND ARGUMENTS
 *
 * answered by "ID = RESULT [HEX]" or "ID ! ERRNO"; with "&" on a thread of its own, whose id is
 * told first: "ID ... TID". Numbers are decimal, bytes hexadecimal. Unlike a Java client it can
 * enter the kernel as a 32-bit program does, and knows where its memory ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;
static size_t page;

struct command {
	char *line; /* to be freed */
	char *rest;
	char *id;
};

static char *word(struct command *c)
{
	char *found = strsep(&c->rest, " ");

	return found ? found : "";
}

static long number(struct command *c)
{
	return (long)strtoull(word(c), NULL, 10);
}

static void fail(const char *id, const char *what)
{
	pthread_mutex_lock(&output);
	printf("%s ? %s\n", id, what);
	fflush(stdout);
	pthread_mutex_unlock(&output);
}

static void answer(const char *id, long result, int error, const unsigned char *data, size_t bytes)
{
	pthread_mutex_lock(&output);
	if (result == -1 && error) {
		printf("%s ! %d\n", id, error);
	} else {
		printf("%s = %ld", id, result);
		if (bytes)
			putchar(' ');
		for (size_t i = 0; i < bytes; i++)
			printf("%02x", data[i]);
		putchar('\n');
	}
	fflush(stdout);
	pthread_mutex_unlock(&output);
}

/* What a system call just returned. */
static void answer_call(const char *id, long result)
{
	answer(id, result, errno, NULL, 0);
}

static size_t whole(size_t bytes)
{
	return (bytes + page - 1) & ~(page - 1);
}

/* Memory whose last byte is the last one before a page that nobody may touch. */
static unsigned char *guarded(size_t bytes, int flags)
{
	size_t size = whole(bytes);
	unsigned char *base = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	mprotect(base + size, page, PROT_NONE);
	return base + size - bytes;
}

static void release(unsigned char *memory, size_t bytes)
{
	size_t size = whole(bytes);

	munmap(memory + bytes - size, size + page);
}

static unsigned int digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static size_t unhex(const char *text, unsigned char *to)
{
	size_t bytes = strlen(text) / 2;

	for (size_t i = 0; i < bytes; i++)
		to[i] = (unsigned char)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return bytes;
}

#ifdef __x86_64__
#define LOW MAP_32BIT
/* Enters the kernel as a 32-bit program: number 54 is ioctl there. */
static long ioctl32(int fd, unsigned int request, unsigned long argument)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(54L), "b"((long)fd), "c"((unsigned long)request), "d"(argument)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	if ((int)result < 0 && (int)result >= -4095) {
		errno = -(int)result;
		return -1;
	}
	return (int)result;
}
#else
#define LOW 0
static long ioctl32(int fd, unsigned int request, unsigned long argument)
{
	(void)fd, (void)request, (void)argument;
	errno = ENOSYS;
	return -1;
}
#endif

static long call(int narrow, int fd, unsigned int request, unsigned long argument)
{
	return narrow ? ioctl32(fd, request, argument) : ioctl(fd, request, argument);
}

static void with_data(struct command *c, int narrow)
{
	int fd = (int)number(c);
	unsigned int request = (unsigned int)number(c);
	char *hex = word(c);
	size_t bytes = strlen(hex) / 2;
	unsigned char *data = guarded(bytes, narrow ? LOW : 0);

	if (!data) {
		fail(c->id, "no memory");
		return;
	}
	unhex(hex, data);
	long result = call(narrow, fd, request, (unsigned long)data);

	answer(c->id, result, errno, data, bytes);
	release(data, bytes);
}

static void with_value(struct command *c, int narrow)
{
	int fd = (int)number(c);
	unsigned int request = (unsigned int)number(c);
	long result = call(narrow, fd, request, (unsigned long)number(c));

	answer_call(c->id, result);
}

static void map(struct command *c, int flags)
{
	unsigned char *memory = guarded((size_t)number(c), flags);

	answer_call(c->id, memory ? (long)memory : -1);
}

static void run(struct command *c)
{
	char *name = word(c);

	errno = 0;
	if (!strcmp(name, "open")) {
		int flags = (int)number(c);

		answer_call(c->id, open(c->rest, flags));
	} else if (!strcmp(name, "close")) {
		answer_call(c->id, close((int)number(c)));
	} else if (!strcmp(name, "read")) {
		char byte;

		answer_call(c->id, read((int)number(c), &byte, 1));
	} else if (!strcmp(name, "ioctl")) {
		with_data(c, 0);
	} else if (!strcmp(name, "ioctl32")) {
		with_data(c, 1);
	} else if (!strcmp(name, "value")) {
		with_value(c, 0);
	} else if (!strcmp(name, "value32")) {
		with_value(c, 1);
	} else if (!strcmp(name, "getfd")) {
		answer_call(c->id, fcntl((int)number(c), F_GETFD));
	} else if (!strcmp(name, "getfl")) {
		answer_call(c->id, fcntl((int)number(c), F_GETFL));
	} else if (!strcmp(name, "map")) {
		map(c, 0);
	} else if (!strcmp(name, "map32")) {
		map(c, LOW);
	} else if (!strcmp(name, "mapfile")) {
		int fd = (int)number(c);

		answer_call(c->id, (long)mmap(NULL, (size_t)number(c), PROT_READ | PROT_WRITE,
					      MAP_SHARED, fd, 0));
	} else if (!strcmp(name, "poke")) {
		unsigned char *to = (unsigned char *)number(c);

		answer(c->id, (long)unhex(word(c), to), 0, NULL, 0);
	} else if (!strcmp(name, "peek")) {
		unsigned char *from = (unsigned char *)number(c);
		size_t bytes = (size_t)number(c);

		answer(c->id, 0, 0, from, bytes);
	} else if (!strcmp(name, "readonly")) {
		unsigned char *from = (unsigned char *)((unsigned long)number(c) & ~(page - 1));

		answer_call(c->id, mprotect(from, page, PROT_READ));
	} else if (!strcmp(name, "undumpable")) {
		answer_call(c->id, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	} else {
		fail(c->id, "unknown command");
	}
}

static void finish(struct command *c)
{
	run(c);
	free(c->line);
	free(c);
}

static void *in_thread(void *argument)
{
	struct command *c = argument;

	pthread_mutex_lock(&output);
	printf("%s ... %ld\n", c->id, (long)syscall(SYS_gettid));
	fflush(stdout);
	pthread_mutex_unlock(&output);
	finish(c);
	/* The thread stays: whoever still uses its id, after its call has returned, finds it. */
	while (pause() == -1)
		;
	return NULL;
}

int main(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	while (1) {
		struct command *c = malloc(sizeof(*c));
		size_t room = 0;

		if (!c)
			return 1;
		c->line = NULL;
		ssize_t length = getline(&c->line, &room, stdin);

		if (length <= 0)
			_exit(0); /* whatever the threads are blocked in */
		c->line[length - 1] = 0;
		c->rest = c->line;
		c->id = word(c);
		if (c->rest && !strncmp(c->rest, "& ", 2)) {
			pthread_t thread;

			word(c);
			if (pthread_create(&thread, NULL, in_thread, c))
				fail(c->id, "no thread");
			else
				pthread_detach(thread);
		} else {
			finish(c);
		}
	}
}
