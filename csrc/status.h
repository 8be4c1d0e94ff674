/* What a C function of the core says of its work. The Python side turns each into one exception class. */
#ifndef ZC_STATUS_H
#define ZC_STATUS_H

typedef enum zc_status {
    ZC_OK = 0,
    ZC_E_NOMEM,       /* an allocation failed */
    ZC_E_PARAM,       /* a parameter the codec cannot take */
    ZC_E_TRUNCATED,   /* the encoded bytes end too early */
    ZC_E_CORRUPT,     /* the encoded bytes are not what the format says */
    ZC_E_CHECKSUM,    /* a stored checksum does not match */
    ZC_E_TOO_LONG,    /* decodes to more bytes than the chunk has */
    ZC_E_TOO_SHORT,   /* decodes to fewer bytes than the chunk has */
    ZC_E_DST,         /* the destination of an encode is too small (a bound that does not hold) */
    ZC_E_UNSUPPORTED, /* well-formed, but a variant that is not implemented */
    ZC_E_IO,          /* a system call failed; errno goes with it */
    ZC_E_MISSING,     /* no such key (only where a missing chunk is not to be filled) */
    ZC_E_CANCELLED,   /* another job of the batch failed first, or the caller was interrupted */
    ZC_E_LOCK         /* the file system gives no lock; errno goes with it */
} zc_status_t;

#endif
