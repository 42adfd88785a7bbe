package io.precinct.platform.web;

import io.precinct.engine.spi.IdSource;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * ULIDs that ascend within the process even inside one millisecond and when the clock steps back: the random part is
 * then counted up. Thread-safe.
 */
public final class Ulids implements IdSource {
    private static final char[] CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final long RANDOM_HIGH_MASK = 0xFFFFL;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private long lastMillis = -1;
    private long high;
    private long low;

    public Ulids(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized String next() {
        long now = clock.millis();
        if (now > lastMillis) {
            lastMillis = now;
            // One bit less than there is room for, so that counting up can't run over.
            high = random.nextLong() & (RANDOM_HIGH_MASK >> 1);
            low = random.nextLong();
        } else if (++low == 0) {
            high++;
        }
        char[] text = new char[26];
        write(text, 0, 10, lastMillis);
        // 16 + 64 random bits are sixteen characters of five bits: four from the high word and the top of the low one.
        long first = (high << 24) | (low >>> 40);
        write(text, 10, 8, first);
        write(text, 18, 8, low & 0xFF_FFFF_FFFFL);
        return new String(text);
    }

    private static void write(char[] text, int from, int count, long bits) {
        long rest = bits;
        for (int at = from + count - 1; at >= from; at--) {
            text[at] = CROCKFORD[(int) (rest & 31)];
            rest >>>= 5;
        }
    }
}
