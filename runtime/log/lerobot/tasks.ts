import { encodeParquet } from "./parquet.ts";

/** meta/tasks.parquet: a pandas table whose index is the task's words, and what pandas needs to know of it. */
export function encodeTasks(tasks: readonly string[]): Uint8Array {
  const text = { pandas_type: "unicode", numpy_type: "object" };
  const described = {
    index_columns: ["task"],
    column_indexes: [{ name: null, field_name: null, ...text, metadata: { encoding: "UTF-8" } }],
    columns: [
      { name: "task_index", field_name: "task_index", pandas_type: "int64", numpy_type: "int64", metadata: null },
      { name: "task", field_name: "task", ...text, metadata: null },
    ],
    creator: { library: "reverie", version: "1" },
    pandas_version: "2.0.0",
  };
  const columns = [
    { name: "task_index", kind: "int64" as const, depth: 0, data: tasks.map((_, i) => BigInt(i)) },
    { name: "task", kind: "string" as const, depth: 0, data: tasks },
  ];
  return encodeParquet(columns, { pandas: JSON.stringify(described) });
}
