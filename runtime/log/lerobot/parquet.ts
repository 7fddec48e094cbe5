/** Parquet files of LeRobot's: flat columns, lists of a fixed depth, and pictures as Hugging Face keeps them. */
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";

export type Kind = "float32" | "float64" | "int64" | "bool" | "string" | "image";

/** A picture in a row: an encoded file, and a name for it. */
export interface StoredPicture {
  readonly bytes: Uint8Array;
  readonly path: string;
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** How many lists a value is nested in; 0: it stands alone. */
  readonly depth: number;
  /** One a row; integers as bigint. */
  readonly data: readonly unknown[];
}

const LEAVES: Readonly<Record<Exclude<Kind, "image">, Pick<SchemaElement, "type" | "converted_type">>> = {
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
  int64: { type: "INT64" },
  bool: { type: "BOOLEAN" },
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
};

/** A whole file, snappy inside. `metadata` becomes key-value metadata of the file. */
export function encodeParquet(columns: readonly Column[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const schema = [
    { name: "schema", num_children: columns.length },
    ...columns.flatMap(({ name, kind, depth }) => elements(name, kind, depth)),
  ];
  const buffer = parquetWriteBuffer({
    schema,
    // A dictionary would make one of 0 and −0.
    columnData: columns.map(({ name, kind, data }) => ({
      name,
      data: [...data],
      ...(kind === "float32" || kind === "float64" ? { encoding: "PLAIN" as const } : {}),
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "reverie",
  });
  return new Uint8Array(buffer);
}

/** The schema elements of a column; lists in three levels each, as parquet-format's LogicalTypes.md has them. */
function elements(name: string, kind: Kind, depth: number): SchemaElement[] {
  if (depth > 0) {
    return [
      { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elements("element", kind, depth - 1),
    ];
  }
  if (kind !== "image") return [{ name, repetition_type: "OPTIONAL", ...LEAVES[kind] }];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 2 },
    { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
    { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  ];
}
