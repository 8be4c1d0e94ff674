/* The pool: every job once, from any thread, nested, failing, after fork. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "engine/pool.h"

typedef struct count {
    _Atomic size_t calls, failures;
    size_t fail_at;
    uint8_t *seen;
} count_t;

static int count_job(void *arg, size_t job, zc_ctx_t *ctx) {
    count_t *c = arg;
    uint8_t *tmp = zc_ctx_tmp(ctx, ZC_TMP_CHUNK, 64 + job % 1000);
    if (tmp == NULL) abort();
    memset(tmp, (int)job, 64);
    atomic_fetch_add(&c->calls, 1);
    if (c->seen != NULL) c->seen[job]++;
    for (int i = 0; i < 64; i++)
        if (tmp[i] != (uint8_t)job) abort(); /* a context that two threads use */
    if (job >= c->fail_at) {
        atomic_fetch_add(&c->failures, 1);
        return 1;
    }
    return 0;
}

static void every_job_once(void) {
    const size_t numbers[] = {0, 1, 2, 3, 7, 64, 1000, 20000};
    const int threads[] = {-5, 0, 1, 2, 3, 16, 100000};
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 7; k++) {
            count_t c = {.fail_at = SIZE_MAX, .seen = calloc(numbers[i] + 1, 1)};
            CHECK(zc_pool_run(numbers[i], threads[k], count_job, &c) == ZC_OK, "run");
            CHECK(c.calls == numbers[i], "%zu calls for %zu jobs", (size_t)c.calls, numbers[i]);
            for (size_t j = 0; j < numbers[i]; j++)
                if (c.seen[j] != 1) {
                    CHECK(0, "job %zu ran %d times", j, c.seen[j]);
                    break;
                }
            free(c.seen);
        }
}

static void failing_jobs(void) {
    for (int threads = 1; threads <= 8; threads *= 2) {
        count_t c = {.fail_at = 0};
        CHECK(zc_pool_run(100000, threads, count_job, &c) == ZC_OK, "run");
        CHECK(c.calls >= 1 && c.calls <= (size_t)threads && c.calls == c.failures, "%zu calls after the first failure",
              (size_t)c.calls);
        count_t late = {.fail_at = 999};
        zc_pool_run(1000, threads, count_job, &late);
        CHECK(late.failures == 1 && late.calls == 1000, "%zu calls", (size_t)late.calls);
        /* So many jobs that a counter that passes the end would wrap. */
        count_t huge = {.fail_at = 50};
        for (int round = 0; round < 50; round++) {
            huge.calls = huge.failures = 0;
            zc_pool_run(SIZE_MAX, threads, count_job, &huge);
            CHECK(huge.failures >= 1 && huge.failures <= (size_t)threads, "%zu failures", (size_t)huge.failures);
        }
    }
}

static int nested_job(void *arg, size_t job, zc_ctx_t *ctx) {
    (void)job, (void)ctx;
    count_t *outer = arg, inner = {.fail_at = SIZE_MAX};
    zc_pool_run(40, 4, count_job, &inner);
    atomic_fetch_add(&outer->calls, inner.calls);
    return 0;
}

static int twice_nested_job(void *arg, size_t job, zc_ctx_t *ctx) {
    (void)job, (void)ctx;
    return zc_pool_run(6, 3, nested_job, arg) != ZC_OK;
}

static void nested(void) {
    count_t c = {0};
    CHECK(zc_pool_run(30, 4, nested_job, &c) == ZC_OK && c.calls == 1200, "%zu calls", (size_t)c.calls);
    c.calls = 0;
    CHECK(zc_pool_run(10, 4, twice_nested_job, &c) == ZC_OK && c.calls == 2400, "%zu calls", (size_t)c.calls);
}

static void *caller(void *arg) {
    for (int i = 0; i < 60; i++) {
        count_t c = {.fail_at = i % 3 ? SIZE_MAX : 20};
        zc_pool_run(200, 1 + i % 5, count_job, &c);
        if (c.fail_at == SIZE_MAX) atomic_fetch_add((_Atomic size_t *)arg, c.calls);
    }
    return NULL;
}

static void many_callers(void) {
    pthread_t id[12];
    _Atomic size_t calls = 0;
    for (int i = 0; i < 12; i++) pthread_create(&id[i], NULL, caller, &calls);
    for (int i = 0; i < 12; i++) pthread_join(id[i], NULL);
    CHECK(calls == 12 * 40 * 200, "%zu calls", (size_t)calls);
}

static size_t shared[16];

static int add_job(void *arg, size_t job, zc_ctx_t *ctx) {
    (void)arg, (void)ctx;
    uint64_t lock = zc_hash_bytes(7, &(size_t){job % 16}, sizeof(size_t));
    zc_stripe_lock(lock);
    shared[job % 16]++; /* no atomic: the lock is what makes it right */
    zc_stripe_unlock(lock);
    return 0;
}

static void stripes(void) {
    zc_pool_run(16000, 8, add_job, NULL);
    for (int i = 0; i < 16; i++) CHECK(shared[i] == 1000, "%zu of 1000", shared[i]);
}

/* ThreadSanitizer does not follow a fork of a process with threads, and qemu's emulation of one aborts in the child. */
#if defined(__SANITIZE_THREAD__) || defined(ZC_EMULATED)
#define CAN_FORK 0
#else
#define CAN_FORK 1
#endif

#if CAN_FORK
static atomic_int stop;

static void *busy(void *arg) {
    (void)arg;
    while (!atomic_load(&stop)) {
        count_t c = {.fail_at = SIZE_MAX};
        zc_pool_run(300, 4, count_job, &c);
        zc_pool_run(160, 4, add_job, NULL);
        zc_pool_threads();
    }
    return NULL;
}

/* A child made while other threads are in the middle of batches has a pool of its own. */
static void after_fork(int rounds) {
    pthread_t id[3];
    for (int i = 0; i < 3; i++) pthread_create(&id[i], NULL, busy, NULL);
    for (int round = 0; round < rounds; round++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(20); /* a hang is a failure, not a wait */
            count_t c = {.fail_at = SIZE_MAX};
            zc_pool_set_threads(0);
            int bad = zc_pool_threads() < 1;
            bad |= zc_pool_run(500, 4, count_job, &c) != ZC_OK || c.calls != 500;
            bad |= zc_pool_run(160, 4, add_job, NULL) != ZC_OK;
            _exit(bad);
        }
        int status = -1;
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0, "round %d: status %d", round, status);
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 3; i++) pthread_join(id[i], NULL);
}

#endif

static int big_job(void *arg, size_t job, zc_ctx_t *ctx) {
    size_t *kept = arg;
    if (job == 0) {
        *kept = ctx->tmp[ZC_TMP_OLD].cap;
        return zc_ctx_tmp(ctx, ZC_TMP_OLD, (size_t)200 << 20) == NULL;
    }
    return 0;
}

/* Scratch for a chunk of extraordinary size does not stay. */
static void trimmed(void) {
    size_t kept = 1;
    for (int i = 0; i < 3; i++) {
        zc_pool_run(1, 1, big_job, &kept);
        CHECK(kept <= (size_t)64 << 20, "%zu bytes kept", kept);
    }
}

static void settings(void) {
    zc_pool_set_threads(3);
    CHECK(zc_pool_threads() == 3, "%d", zc_pool_threads());
    zc_pool_set_threads(1000000);
    CHECK(zc_pool_threads() == 256, "%d", zc_pool_threads());
    setenv("ZARRC_NUM_THREADS", "5", 1);
    zc_pool_set_threads(0);
    CHECK(zc_pool_threads() == 5, "%d", zc_pool_threads());
    CHECK(zc_pool_setting() == 5, "%d", zc_pool_setting());
    const char *odd[] = {"", "0", "-3", "many", "4 each", "99999999999999999999"};
    const int said[] = {0, 0, -1, -1, -1, 256};
    for (int i = 0; i < 6; i++) {
        setenv("ZARRC_NUM_THREADS", odd[i], 1);
        CHECK(zc_pool_setting() == said[i], "%s: %d", odd[i], zc_pool_setting());
        zc_pool_set_threads(0);
        CHECK(zc_pool_threads() >= 1 && zc_pool_threads() <= 256, "%s: %d", odd[i], zc_pool_threads());
    }
    unsetenv("ZARRC_NUM_THREADS");
    zc_pool_set_threads(0);
}

int main(void) {
    settings();
    every_job_once();
    failing_jobs();
    nested();
    many_callers();
    stripes();
    trimmed();
#if CAN_FORK
    after_fork(60);
#endif
    return check_report();
}
