package io.precinct.engine.view;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/** The bounded memory of all views of one store, a child of the store's allocator. Thread-safe. */
final class Memory implements AutoCloseable {
    private final BufferAllocator allocator;
    private final BooleanSupplier makeRoom;

    /** @param makeRoom frees something that nobody uses and says whether it did */
    Memory(BufferAllocator parent, long limitBytes, BooleanSupplier makeRoom) {
        this.allocator = parent.newChildAllocator("views", 0, limitBytes);
        this.makeRoom = makeRoom;
    }

    /** @throws EngineException with {@code ResourceLimit} when there is no room and nothing left to let go of */
    Block allocate(long bytes) {
        while (true) {
            try {
                return new Block(allocator.buffer(Math.max(8, bytes)));
            } catch (OutOfMemoryException full) {
                if (!makeRoom.getAsBoolean()) {
                    throw new EngineException(
                            new EngineFailure.ResourceLimit(
                                    "memory of decoded views", allocator.getLimit(), held() + bytes),
                            full);
                }
            }
        }
    }

    long held() {
        return allocator.getAllocatedMemory();
    }

    @Override
    public void close() {
        allocator.close();
    }
}
