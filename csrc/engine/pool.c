#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_THREADS = 256,
    STACK_BYTES = 2 << 20, /* some C libraries give threads 128 KiB, too little for shards in shards */
    STRIPES = 256,
    KEEP_BYTES = 64 << 20 /* larger scratch is not kept between batches */
};

typedef struct task {
    zc_job_fn fn;
    void *arg;
    size_t njobs, grain;
    int shared;    /* with workers */
    unsigned born; /* in this generation */
    _Atomic size_t next;
    int slots;   /* further workers that may join; guarded by `lock` */
    int running; /* workers inside; guarded by `lock` */
    struct task *link;
} task_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;
static task_t *queue;
static int nworkers;
static int nthreads; /* 0: not yet known */
static zc_ctx_t *contexts;
static pthread_mutex_t stripes[STRIPES];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned generation;           /* counts forks, in the child */
static _Thread_local int held_around; /* stripes that this thread holds around whatever batches it runs */

static void init_stripes(void) {
    pthread_mutexattr_t again;
    pthread_mutexattr_init(&again);
    pthread_mutexattr_settype(&again, PTHREAD_MUTEX_RECURSIVE);
    for (int i = 0; i < STRIPES; i++) pthread_mutex_init(&stripes[i], &again);
    pthread_mutexattr_destroy(&again);
}

/* fork: the child has none of our threads and must find every lock free. */
static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork_parent(void) { pthread_mutex_unlock(&lock); }
static void after_fork_child(void) {
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&wake, NULL);
    pthread_cond_init(&done, NULL);
    init_stripes();
    queue = NULL;
    nworkers = 0;
    generation++;
}

static void init_once(void) {
    init_stripes();
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

/* CPU quota of the cgroup (v2, then v1), or 0. */
static int cgroup_cpus(void) {
    long quota = 0, period = 0;
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (f != NULL) {
        if (fscanf(f, "%ld %ld", &quota, &period) != 2) quota = 0;
        fclose(f);
    } else if ((f = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "re")) != NULL) {
        if (fscanf(f, "%ld", &quota) != 1) quota = 0;
        fclose(f);
        f = fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "re");
        if (f != NULL) {
            if (fscanf(f, "%ld", &period) != 1) period = 0;
            fclose(f);
        }
    }
    return quota > 0 && period > 0 ? (int)((quota + period - 1) / period) : 0;
}

int zc_pool_setting(void) {
    const char *text = getenv("ZARRC_NUM_THREADS");
    char *end;
    if (text == NULL || *text == 0) return 0;
    long n = strtol(text, &end, 10);
    if (end == text || *end != 0 || n < 0) return -1;
    return n > MAX_THREADS ? MAX_THREADS : (int)n;
}

static int default_threads(void) {
    int n = zc_pool_setting();
    if (n <= 0) {
        n = 0;
#ifdef CPU_COUNT
        cpu_set_t set;
        if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
#endif
        if (n <= 0) n = (int)sysconf(_SC_NPROCESSORS_ONLN);
        int quota = cgroup_cpus();
        if (quota > 0 && quota < n) n = quota;
    }
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : n;
}

int zc_pool_threads(void) {
    pthread_once(&once, init_once);
    pthread_mutex_lock(&lock);
    if (nthreads == 0) nthreads = default_threads();
    int n = nthreads;
    pthread_mutex_unlock(&lock);
    return n;
}

void zc_pool_set_threads(int n) {
    pthread_once(&once, init_once);
    pthread_mutex_lock(&lock);
    nthreads = n <= 0 ? 0 : n > MAX_THREADS ? MAX_THREADS : n;
    pthread_mutex_unlock(&lock);
}

static zc_ctx_t *take_context(void) {
    pthread_mutex_lock(&lock);
    zc_ctx_t *ctx = contexts;
    if (ctx != NULL) contexts = ctx->next;
    pthread_mutex_unlock(&lock);
    return ctx != NULL ? ctx : zc_ctx_new();
}

static void give_context(zc_ctx_t *ctx) {
    for (int i = 0; i < ZC_TMP_COUNT; i++)
        if (ctx->tmp[i].cap > KEEP_BYTES) {
            free(ctx->tmp[i].data);
            ctx->tmp[i] = (zc_buf_t){NULL, 0};
        }
    pthread_mutex_lock(&lock);
    ctx->next = contexts;
    contexts = ctx;
    pthread_mutex_unlock(&lock);
}

/* A signal handler forked and this is the child: the workers, and the jobs that they had taken, are the parent's. */
static int orphaned(const task_t *t) { return t->shared && t->born != generation; }

static void work(task_t *t, zc_ctx_t *ctx) {
    for (;;) {
        size_t first = atomic_load_explicit(&t->next, memory_order_relaxed), end;
        do { /* not fetch_add: it would pass njobs, and wrap where njobs is huge */
            if (first >= t->njobs) return;
            end = t->njobs - first < t->grain ? t->njobs : first + t->grain;
        } while (
            !atomic_compare_exchange_weak_explicit(&t->next, &first, end, memory_order_relaxed, memory_order_relaxed));
        for (size_t job = first; job < end; job++)
            if (orphaned(t) || t->fn(t->arg, job, ctx) != 0) {
                atomic_store(&t->next, t->njobs);
                return;
            }
    }
}

static task_t *joinable(void) {
    for (task_t *t = queue; t != NULL; t = t->link)
        if (t->slots > 0 && atomic_load(&t->next) < t->njobs) return t;
    return NULL;
}

static void *worker(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        task_t *t = joinable();
        if (t == NULL) {
            pthread_cond_wait(&wake, &lock);
            continue;
        }
        t->slots--;
        t->running++;
        pthread_mutex_unlock(&lock);
        zc_ctx_t *ctx = take_context();
        if (ctx != NULL) {
            work(t, ctx);
            give_context(ctx);
        }
        pthread_mutex_lock(&lock);
        if (--t->running == 0) pthread_cond_broadcast(&done);
    }
    return NULL;
}

/* With `lock` held: up to n workers exist. Signals go to Python's threads, never to ours. */
static void grow(int n) {
    sigset_t all, old;
    pthread_attr_t attr;
    if (nworkers >= n || pthread_attr_init(&attr) != 0) return;
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (nworkers < n) {
        pthread_t id;
        if (pthread_create(&id, &attr, worker, NULL) != 0) break; /* fewer workers: slower, still right */
        pthread_detach(id);
        nworkers++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
}

zc_status_t zc_pool_run(size_t njobs, int threads, zc_job_fn fn, void *arg) {
    pthread_once(&once, init_once);
    zc_ctx_t *ctx = take_context();
    if (ctx == NULL) return ZC_E_NOMEM;
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    if (held_around > 0) threads = 1; /* another thread would wait for a stripe that is held here */
    if (threads > 1 && (size_t)threads > njobs) threads = (int)njobs;
    task_t t = {.fn = fn, .arg = arg, .njobs = njobs, .grain = 1, .slots = threads - 1};
    t.shared = threads > 1;
    t.born = generation;
    if (threads > 1) {
        t.grain = njobs / ((size_t)threads * 32);
        if (t.grain < 1) t.grain = 1;
        if (t.grain > 64) t.grain = 64;
        pthread_mutex_lock(&lock);
        grow(threads - 1);
        t.link = queue;
        queue = &t;
        if (threads == 2)
            pthread_cond_signal(&wake);
        else
            pthread_cond_broadcast(&wake);
        pthread_mutex_unlock(&lock);
    }
    work(&t, ctx);
    if (orphaned(&t)) return ZC_E_CANCELLED;
    if (threads > 1) {
        pthread_mutex_lock(&lock);
        task_t **p = &queue;
        while (*p != &t) p = &(*p)->link;
        *p = t.link;
        while (t.running > 0) pthread_cond_wait(&done, &lock);
        pthread_mutex_unlock(&lock);
    }
    give_context(ctx);
    return ZC_OK;
}

void zc_stripe_lock(uint64_t hash) {
    pthread_once(&once, init_once);
    pthread_mutex_lock(&stripes[hash % STRIPES]);
}

int zc_stripe_wait(uint64_t hash, int ms) {
    pthread_once(&once, init_once);
    pthread_mutex_t *stripe = &stripes[hash % STRIPES];
    if (pthread_mutex_trylock(stripe) == 0) return 1;
#ifdef __APPLE__ /* has no pthread_mutex_timedlock */
    for (int i = 0; i < ms; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
        if (pthread_mutex_trylock(stripe) == 0) return 1;
    }
    return 0;
#else
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000 * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return pthread_mutex_timedlock(stripe, &until) == 0;
#endif
}

void zc_stripe_unlock(uint64_t hash) { pthread_mutex_unlock(&stripes[hash % STRIPES]); }

void zc_stripe_around(int more) { held_around += more; }

/* FNV-1a with a final mix. */
uint64_t zc_hash_bytes(uint64_t seed, const void *data, size_t n) {
    const uint8_t *p = data;
    uint64_t h = seed ^ 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
    h ^= h >> 32;
    return h * 0x9e3779b97f4a7c15u;
}

uint64_t zc_hash_place(uint64_t device, uint64_t inode) {
    uint64_t id[2] = {device, inode};
    return zc_hash_bytes(0, id, sizeof id);
}
