package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of an input, as bytes: ended by LF, a CR before it belongs to the end. Bounded; one thread uses it. */
final class Lines {
    private final InputStream input;
    private final LoadLimits limits;
    private byte[] buffer = new byte[1 << 18];
    private int filled;
    private int at;
    private boolean ended;
    private int start;
    private int length;
    private long number;
    private long bytes;

    Lines(InputStream input, LoadLimits limits) {
        this.input = input;
        this.limits = limits;
    }

    /** Moves to the next line; false at the end of the input. */
    boolean next() {
        int scan = at;
        while (true) {
            while (scan < filled && buffer[scan] != '\n') {
                scan++;
            }
            if (scan < filled) {
                take(scan, scan + 1);
                return true;
            }
            if (ended) {
                if (at == filled) {
                    return false;
                }
                take(filled, filled);
                return true;
            }
            int held = filled - at;
            if (held > limits.lineBytes()) {
                throw tooLarge("bytes of line " + (number + 1), limits.lineBytes(), held);
            }
            scan -= at;
            fill();
        }
    }

    private void take(int end, int next) {
        start = at;
        length = end - at;
        at = next;
        number++;
        if (length > 0 && buffer[start + length - 1] == '\r') {
            length--;
        }
        if (length > limits.lineBytes()) {
            throw tooLarge("bytes of line " + number, limits.lineBytes(), length);
        }
        if (length > limits.lineStructure()) {
            structure();
        }
    }

    private void structure() {
        int count = 0;
        for (int i = start; i < start + length; i++) {
            switch (buffer[i]) {
                case '{', '}', '[', ']', ',', ':' -> count++;
                default -> {}
            }
        }
        if (count > limits.lineStructure()) {
            throw tooLarge("structural characters of line " + number, limits.lineStructure(), count);
        }
    }

    private void fill() {
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, filled - at);
            filled -= at;
            at = 0;
        }
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        try {
            int read = input.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                ended = true;
            } else {
                filled += read;
                bytes += read;
            }
        } catch (IOException broken) {
            throw new EngineException(
                    new EngineFailure.StorageUnavailable(
                            "the input of the load broke off after line " + number + " (" + broken.getMessage() + ")",
                            EngineFailure.Retry.LATER),
                    broken);
        }
    }

    boolean blank() {
        for (int i = start; i < start + length; i++) {
            if (buffer[i] != ' ') {
                return false;
            }
        }
        return true;
    }

    /** Valid until the next move. */
    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    int length() {
        return length;
    }

    /** 1-based number of the line. */
    long number() {
        return number;
    }

    long bytes() {
        return bytes;
    }

    private static EngineException tooLarge(String resource, long limit, long actual) {
        return new EngineException(new EngineFailure.ResourceLimit(resource, limit, actual));
    }
}
