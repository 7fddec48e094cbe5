import { pixels, type RowSizes } from "./row.ts";

/** How many steps a memory has room for, and in what blocks it is laid out. */

/** Blocks that hold rows nobody may draw any more and that are not written yet: a sequence being copied out stays whole. */
export const SPARE_BLOCKS = 2;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const INT = Int32Array.BYTES_PER_ELEMENT;
/** A block is about so large, and has at most so many rows. */
const BLOCK_BYTES = 4 * 2 ** 20;
const BLOCK_ROWS = 4096;
/** The rows of one tensor are one array, and no array is larger: V8's limit in Node.js 20. */
const ARRAY_BYTES = 2 ** 32;

/** Bytes of a row in each of a memory's arrays. */
function tensorBytes({ observation, action, images = [], context }: RowSizes): number[] {
  return [
    observation * FLOAT,
    action * FLOAT,
    FLOAT, // reward
    1, // flags
    ...images.map(({ shape }) => pixels(shape)),
    ...(context === undefined ? [] : [context.deter * FLOAT, context.groups, INT]),
  ];
}

export function rowBytes(sizes: RowSizes): number {
  return tensorBytes(sizes).reduce((sum, bytes) => sum + bytes, 0);
}

/** Rows of a block, a power of two. */
export function rowsOfBlock(sizes: RowSizes): number {
  const fitting = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes(sizes)));
  return Math.min(BLOCK_ROWS, 2 ** Math.floor(Math.log2(fitting)));
}

/** Blocks of a memory that always has room for so many rows of one stream. Each further stream takes up to two of them. */
export function blocksFor(rows: number, blockRows: number): number {
  return Math.ceil(rows / blockRows) + 1 + SPARE_BLOCKS;
}

export interface Room {
  /** Steps that fit. */
  readonly rows: number;
  readonly rowBytes: number;
  /** Which setting decides. */
  readonly limit: "steps" | "bytes";
}

/** The smaller of `capacity` steps and `bytes` of memory. Throws where not even one sequence of `length` fits. */
export function roomFor(
  sizes: RowSizes,
  { capacity, bytes, length }: { readonly capacity: number; readonly bytes: number; readonly length: number },
): Room {
  const perBlock = rowsOfBlock(sizes);
  const perRow = rowBytes(sizes);
  const largest = Math.max(...tensorBytes(sizes));
  const blocks = Math.floor(Math.min(bytes / (perBlock * perRow), ARRAY_BYTES / (perBlock * largest)));
  const fitting = (blocks - 1 - SPARE_BLOCKS) * perBlock;
  const rows = Math.min(capacity, fitting);
  if (rows < length) {
    const [name, found] = fitting < capacity ? ["bytes", bytes] : ["capacity", capacity];
    const needed = blocksFor(length, perBlock) * perBlock * perRow;
    throw new Error(
      `replay.${name}: expected room for a sequence of ${length} steps (${perRow} bytes each, ` +
        `${needed} bytes in whole blocks), found ${found}`,
    );
  }
  return { rows, rowBytes: perRow, limit: fitting < capacity ? "bytes" : "steps" };
}

/** The room in words, for a person. */
export function roomLine({ rows, rowBytes: bytes, limit }: Room): string {
  const megabytes = ((rows * bytes) / 1e6).toFixed(0);
  return `replay: room for ${rows} steps of ${bytes} bytes, ${megabytes} MB, as its ${limit} allow`;
}
