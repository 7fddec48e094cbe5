import { type Arena, createArena, growArena } from "./arena.ts";
import {
  APPENDED,
  createRing,
  ENDS,
  ENDS_KEPT,
  FIRST,
  type Ring,
  ringEnd,
  ringStart,
  SEEN,
  START,
  slotOf,
  TERMINAL,
} from "./ring.ts";
import { rowsOfBlock, SPARE_BLOCKS } from "./room.ts";
import { pixels, type Row, type RowSizes } from "./row.ts";

/** A stream's ring, and which of its blocks it holds: [first, next). */
interface Stream {
  readonly ring: Ring;
  first: number;
  next: number;
}

/**
 * What a learner remembers: a ring of rows a robot stream, in memory that all share. When it is full, the stream with the
 * most rows gives up its oldest, so that all streams end up with equal parts, whatever the order they are filled in.
 * Belongs to the thread that appends; others sample, and nothing is copied between them.
 */
export class ReplayStore {
  readonly sizes: RowSizes;
  readonly #capacity: number;
  readonly #arena: Arena;
  readonly #streams = new Map<string, Stream>();
  readonly #onRing: (ring: Ring) => void;
  /** Blocks that were given up, the longest ago first. */
  readonly #free: number[] = [];
  #blocks = 0;
  #total = 0;
  #kept = 0;

  /** Keeps `capacity` rows of all streams together. `onRing` hears of every new one, before its first row. */
  constructor(
    sizes: RowSizes,
    capacity: number,
    onRing: (ring: Ring) => void = () => {},
    blockRows = rowsOfBlock(sizes),
  ) {
    this.sizes = sizes;
    this.#capacity = capacity;
    this.#arena = createArena(sizes, capacity, blockRows);
    this.#onRing = onRing;
  }

  /** Rows ever appended to all streams. */
  get total(): number {
    return this.#total;
  }

  /** Throws on a row of another size. The arrays are copied. */
  append(name: string, row: Row): void {
    this.#check(row);
    const stream = this.#streams.get(name) ?? this.#addStream(name);
    const { ring } = stream;
    const at = ringEnd(ring);
    this.#holdBlockOf(stream, at);
    this.#write(slotOf(ring, at), row);
    if (row.isFirst && at > ringStart(ring) && !(ring.flags[slotOf(ring, at - 1)]! & TERMINAL)) addEnd(ring, at - 1);
    if (row.isTerminal) addEnd(ring, at);
    this.#total++;
    this.#kept++;
    Atomics.store(ring.counters, SEEN, this.#total);
    Atomics.store(ring.counters, APPENDED, at + 1); // last: a sampler never sees a half-written row
    while (this.#kept > this.#capacity) this.#giveUpRow();
  }

  #check({ observation, action, images }: Row): void {
    const { sizes } = this;
    if (observation.length !== sizes.observation || action.length !== sizes.action) {
      throw new Error(
        `replay: expected ${sizes.observation} observation and ${sizes.action} action numbers, ` +
          `found ${observation.length} and ${action.length}`,
      );
    }
    for (const { name, shape } of sizes.images ?? []) {
      const image = images?.[name];
      if (!(image instanceof Uint8Array) || image.length !== pixels(shape)) {
        const found = image === undefined ? "none" : `${image.length} of ${image.constructor.name}`;
        throw new Error(`replay: expected image ${name} of [${shape}] uint8, found ${found}`);
      }
    }
  }

  #write(slot: number, { observation, action, reward, isFirst, isTerminal, images }: Row): void {
    const arena = this.#arena;
    arena.observations.set(observation, slot * arena.observation);
    arena.actions.set(action, slot * arena.action);
    arena.rewards[slot] = reward;
    arena.flags[slot] = (isFirst ? FIRST : 0) | (isTerminal ? TERMINAL : 0);
    arena.pixels.forEach((array, i) => {
      const image = images![arena.images![i]!.name]!;
      array.set(image, slot * image.length);
    });
  }

  #addStream(name: string): Stream {
    const stream = { ring: createRing(this.#arena, name), first: 0, next: 0 };
    this.#streams.set(name, stream);
    this.#onRing(stream.ring);
    return stream;
  }

  /** Sees to it that the ring has a block for its next row, `at`. */
  #holdBlockOf(stream: Stream, at: number): void {
    const block = Math.floor(at / this.#arena.blockRows);
    if (stream.first === stream.next) stream.first = stream.next = block;
    if (block < stream.next) return;
    const taken = this.#takeBlock();
    if (stream.first === stream.next) stream.first = block;
    stream.ring.table[block % this.#arena.blocks] = taken;
    stream.next = block + 1;
  }

  /** A block nobody has read from for a while: new while there are new ones, else the one given up longest ago. */
  #takeBlock(): number {
    const { blocks, contexts } = this.#arena;
    while (this.#free.length <= SPARE_BLOCKS && this.#blocks === blocks) this.#giveUpBlock();
    const block = this.#free.length > SPARE_BLOCKS ? this.#free.shift()! : this.#blocks++;
    growArena(this.#arena, this.#blocks);
    if (contexts !== undefined) Atomics.add(contexts.generations, block, 1);
    return block;
  }

  /** The stream with the most rows gives up its oldest. */
  #giveUpRow(): void {
    const stream = this.#largest(({ ring }) => ringEnd(ring) - ringStart(ring));
    const start = ringStart(stream.ring) + 1;
    this.#giveUpBefore(stream, start);
    if (start >= (stream.first + 1) * this.#arena.blockRows) this.#freeFirst(stream);
  }

  /** The stream with the most blocks gives up its oldest: where many streams leave blocks half empty. */
  #giveUpBlock(): void {
    const stream = this.#largest(({ first, next }) => next - first);
    this.#giveUpBefore(stream, Math.min(ringEnd(stream.ring), (stream.first + 1) * this.#arena.blockRows));
    this.#freeFirst(stream);
  }

  #largest(size: (stream: Stream) => number): Stream {
    let largest: Stream | undefined;
    for (const stream of this.#streams.values()) {
      if (largest === undefined || size(stream) > size(largest)) largest = stream;
    }
    return largest!;
  }

  #giveUpBefore({ ring }: Stream, start: number): void {
    this.#kept -= start - ringStart(ring);
    Atomics.store(ring.counters, START, start); // before any of these rows is written over
  }

  #freeFirst(stream: Stream): void {
    this.#free.push(stream.ring.table[stream.first % this.#arena.blocks]!);
    stream.first++;
  }
}

function addEnd(ring: Ring, row: number): void {
  const count = Atomics.load(ring.counters, ENDS);
  ring.ends[count % ENDS_KEPT] = row;
  Atomics.store(ring.counters, ENDS, count + 1);
}
