# Included by _core.pyx: which codecs the C core has.

cdef extern from "codecs/codec.h" nogil:
    const char *zc_codec_name(size_t i)


def native_codecs():
    """Names of the bytes -> bytes steps that a `Plan` can run, as a list of str."""
    names = []
    cdef const char *name = zc_codec_name(0)
    while name != NULL:
        names.append((<bytes> name).decode("ascii"))
        name = zc_codec_name(<size_t> len(names))
    return names
