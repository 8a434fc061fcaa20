/* A SQLite VFS that passes everything on to the default one and writes down what was written, truncated, deleted and
   synced, in order, so that a power cut can be laid at any point of it afterwards. Built by the tests with the
   system's compiler and registered in the SQLite inside sqlcipher3 through pointers, so no header is needed beyond
   the part of the interface written out here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>

typedef struct file file;
typedef struct methods {
  int version;
  int (*close)(file *);
  int (*read)(file *, void *, int, int64_t);
  int (*write)(file *, const void *, int, int64_t);
  int (*truncate)(file *, int64_t);
  int (*sync)(file *, int);
  int (*size)(file *, int64_t *);
  int (*lock)(file *, int);
  int (*unlock)(file *, int);
  int (*reserved)(file *, int *);
  int (*control)(file *, int, void *);
  int (*sector)(file *);
  int (*traits)(file *);
  int (*shm_map)(file *, int, int, int, void volatile **);
  int (*shm_lock)(file *, int, int, int);
  void (*shm_barrier)(file *);
  int (*shm_unmap)(file *, int);
  int (*fetch)(file *, int64_t, int, void **);
  int (*unfetch)(file *, int64_t, void *);
} methods;
struct file { const methods *m; };
typedef struct vfs vfs;
struct vfs {
  int version, size, longest;
  vfs *next;
  const char *name;
  void *data;
  int (*open)(vfs *, const char *, file *, int, int *);
  int (*del)(vfs *, const char *, int);
  void *rest[14];
};
typedef struct traced { file base; methods own; char name[512]; file *real; } traced;

static vfs *below;
static vfs above;
static FILE *out;

static void note(char what, const char *name, int64_t at, int64_t n, const void *bytes) {
  int32_t length = (int32_t)strlen(name);
  if (!out) return;
  fwrite(&what, 1, 1, out);
  fwrite(&length, 4, 1, out);
  fwrite(name, 1, length, out);
  fwrite(&at, 8, 1, out);
  fwrite(&n, 8, 1, out);
  if (bytes) fwrite(bytes, 1, n, out);
}
#define REAL(f) (((traced *)(f))->real)
#define NAME(f) (((traced *)(f))->name)
static int t_close(file *f) { return REAL(f)->m->close(REAL(f)); }
static int t_read(file *f, void *b, int n, int64_t at) { return REAL(f)->m->read(REAL(f), b, n, at); }
static int t_write(file *f, const void *b, int n, int64_t at) {
  int rc = REAL(f)->m->write(REAL(f), b, n, at);
  if (!rc) note('w', NAME(f), at, n, b);
  return rc;
}
static int t_truncate(file *f, int64_t n) {
  int rc = REAL(f)->m->truncate(REAL(f), n);
  if (!rc) note('t', NAME(f), 0, n, 0);
  return rc;
}
static int t_sync(file *f, int how) {
  int rc = REAL(f)->m->sync(REAL(f), how);
  if (!rc) note('s', NAME(f), 0, 0, 0);
  return rc;
}
static int t_size(file *f, int64_t *n) { return REAL(f)->m->size(REAL(f), n); }
static int t_lock(file *f, int k) { return REAL(f)->m->lock(REAL(f), k); }
static int t_unlock(file *f, int k) { return REAL(f)->m->unlock(REAL(f), k); }
static int t_reserved(file *f, int *k) { return REAL(f)->m->reserved(REAL(f), k); }
static int t_control(file *f, int op, void *a) { return REAL(f)->m->control(REAL(f), op, a); }
static int t_sector(file *f) { return REAL(f)->m->sector(REAL(f)); }
/* The disk promises nothing: neither whole pages, nor order, nor that an append is seen after its bytes. */
static int t_traits(file *f) { (void)f; return 0; }
static int t_shm_map(file *f, int a, int b, int c, void volatile **p) { return REAL(f)->m->shm_map(REAL(f), a, b, c, p); }
static int t_shm_lock(file *f, int a, int b, int c) { return REAL(f)->m->shm_lock(REAL(f), a, b, c); }
static void t_shm_barrier(file *f) { REAL(f)->m->shm_barrier(REAL(f)); }
static int t_shm_unmap(file *f, int d) { return REAL(f)->m->shm_unmap(REAL(f), d); }
static const methods shown = { 2, t_close, t_read, t_write, t_truncate, t_sync, t_size, t_lock, t_unlock, t_reserved,
  t_control, t_sector, t_traits, t_shm_map, t_shm_lock, t_shm_barrier, t_shm_unmap, 0, 0 };

static int t_open(vfs *v, const char *name, file *f, int flags, int *got) {
  traced *t = (traced *)f;
  int rc;
  (void)v;
  memset(t, 0, sizeof *t);
  t->real = (file *)(t + 1);
  snprintf(t->name, sizeof t->name, "%s", name ? name : "");
  rc = below->open(below, name, t->real, flags, got);
  f->m = t->real->m ? &shown : 0;
  return rc;
}
static int t_del(vfs *v, const char *name, int dir) {
  int rc = below->del(below, name, dir);
  (void)v;
  if (!rc) note('d', name, 0, 0, 0);
  return rc;
}

int trace_begin(vfs *(*find)(const char *), int (*reg)(vfs *, int), const char *path) {
  below = find(0);
  above = *below;
  above.next = 0;
  above.name = "trace";
  above.size = (int)sizeof(traced) + below->size;
  above.open = t_open;
  above.del = t_del;
  out = fopen(path, "wb");
  return out ? reg(&above, 1) : 1;
}
void trace_mark(int64_t number) { note('m', "", number, 0, 0); }
int trace_end(int (*unreg)(vfs *), int (*reg)(vfs *, int)) {
  int rc = unreg(&above);
  fclose(out);
  out = 0;
  return rc ? rc : reg(below, 1);
}
