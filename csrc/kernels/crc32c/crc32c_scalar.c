/* Table-driven, eight bytes a step ("slicing by 8": Kounavis and Berry, 2005). */
#include "crc32c.h"

/* The checksum is linear over GF(2): an entry of a table is the sum of the entries of its index's bits, so eight
 * numbers a table are enough and the compiler makes the rest. */
#define ZC_CRC32C_SUM(i, b0, b1, b2, b3, b4, b5, b6, b7)                                                               \
    ((((i) & 1) ? b0 : 0) ^ (((i) & 2) ? b1 : 0) ^ (((i) & 4) ? b2 : 0) ^ (((i) & 8) ? b3 : 0) ^                       \
     (((i) & 16) ? b4 : 0) ^ (((i) & 32) ? b5 : 0) ^ (((i) & 64) ? b6 : 0) ^ (((i) & 128) ? b7 : 0))

#define ZC_CRC32C_ROW0(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0xF26B8303U, 0xE13B70F7U, 0xC79A971FU, 0x8AD958CFU, 0x105EC76FU, 0x20BD8EDEU, 0x417B1DBCU,        \
                  0x82F63B78U)
#define ZC_CRC32C_ROW1(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0x13A29877U, 0x274530EEU, 0x4E8A61DCU, 0x9D14C3B8U, 0x3FC5F181U, 0x7F8BE302U, 0xFF17C604U,        \
                  0xFBC3FAF9U)
#define ZC_CRC32C_ROW2(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0xA541927EU, 0x4F6F520DU, 0x9EDEA41AU, 0x38513EC5U, 0x70A27D8AU, 0xE144FB14U, 0xC76580D9U,        \
                  0x8B277743U)
#define ZC_CRC32C_ROW3(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0xDD45AAB8U, 0xBF672381U, 0x7B2231F3U, 0xF64463E6U, 0xE964B13DU, 0xD725148BU, 0xABA65FE7U,        \
                  0x52A0C93FU)
#define ZC_CRC32C_ROW4(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0x38116FACU, 0x7022DF58U, 0xE045BEB0U, 0xC5670B91U, 0x8F2261D3U, 0x1BA8B557U, 0x37516AAEU,        \
                  0x6EA2D55CU)
#define ZC_CRC32C_ROW5(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0xEF306B19U, 0xDB8CA0C3U, 0xB2F53777U, 0x6006181FU, 0xC00C303EU, 0x85F4168DU, 0x0E045BEBU,        \
                  0x1C08B7D6U)
#define ZC_CRC32C_ROW6(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0x68032CC8U, 0xD0065990U, 0xA5E0C5D1U, 0x4E2DFD53U, 0x9C5BFAA6U, 0x3D5B83BDU, 0x7AB7077AU,        \
                  0xF56E0EF4U)
#define ZC_CRC32C_ROW7(i)                                                                                              \
    ZC_CRC32C_SUM(i, 0x493C7D27U, 0x9278FA4EU, 0x211D826DU, 0x423B04DAU, 0x847609B4U, 0x0D006599U, 0x1A00CB32U,        \
                  0x34019664U)

#define ZC_CRC32C_4(row, i) row(i), row((i) + 1), row((i) + 2), row((i) + 3)
#define ZC_CRC32C_16(row, i)                                                                                           \
    ZC_CRC32C_4(row, i), ZC_CRC32C_4(row, (i) + 4), ZC_CRC32C_4(row, (i) + 8), ZC_CRC32C_4(row, (i) + 12)
#define ZC_CRC32C_64(row, i)                                                                                           \
    ZC_CRC32C_16(row, i), ZC_CRC32C_16(row, (i) + 16), ZC_CRC32C_16(row, (i) + 32), ZC_CRC32C_16(row, (i) + 48)
#define ZC_CRC32C_TABLE(row)                                                                                           \
    {ZC_CRC32C_64(row, 0), ZC_CRC32C_64(row, 64), ZC_CRC32C_64(row, 128), ZC_CRC32C_64(row, 192)}

/* table[k][b]: what byte b leaves in the register k bytes later. */
static const uint32_t zc_crc32c_tables[8][256] = {
    ZC_CRC32C_TABLE(ZC_CRC32C_ROW0), ZC_CRC32C_TABLE(ZC_CRC32C_ROW1), ZC_CRC32C_TABLE(ZC_CRC32C_ROW2),
    ZC_CRC32C_TABLE(ZC_CRC32C_ROW3), ZC_CRC32C_TABLE(ZC_CRC32C_ROW4), ZC_CRC32C_TABLE(ZC_CRC32C_ROW5),
    ZC_CRC32C_TABLE(ZC_CRC32C_ROW6), ZC_CRC32C_TABLE(ZC_CRC32C_ROW7),
};

uint32_t zc_crc32c_scalar(uint32_t crc, const uint8_t *data, size_t nbytes) {
    const uint32_t (*t)[256] = zc_crc32c_tables;
    uint32_t c = ~crc;
    for (; nbytes >= 8; data += 8, nbytes -= 8) {
        uint32_t lo, hi;
        memcpy(&lo, data, 4);
        memcpy(&hi, data + 4, 4);
        lo ^= c;
        c = t[7][lo & 255] ^ t[6][(lo >> 8) & 255] ^ t[5][(lo >> 16) & 255] ^ t[4][lo >> 24] ^ t[3][hi & 255] ^
            t[2][(hi >> 8) & 255] ^ t[1][(hi >> 16) & 255] ^ t[0][hi >> 24];
    }
    for (; nbytes > 0; data++, nbytes--) c = (c >> 8) ^ t[0][(c ^ *data) & 255];
    return ~c;
}
