package io.precinct.platform.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One range of bytes (RFC 9110 §14.1.2). A length of 0 says that it lies outside the content. */
record ByteRange(long start, long length) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** Empty for what is malformed or holds several ranges: the content is answered whole then. */
    static Optional<ByteRange> of(String text, long size) {
        Matcher range = ONE.matcher(text.strip());
        if (!range.matches() || range.group(1).isEmpty() && range.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (range.group(1).isEmpty()) {
            long last = Math.min(size, Long.parseLong(range.group(2)));
            return Optional.of(new ByteRange(size - last, last));
        }
        long start = Long.parseLong(range.group(1));
        long end = range.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(2));
        if (end < start) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(start, start >= size ? 0 : Math.min(size - 1, end) - start + 1));
    }
}
