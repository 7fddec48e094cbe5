import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { BundleReader } from "../../../runtime/policy/bundle-reader.ts";

const BUILT = new URL("../../../dist/runtime/policy/bundle-worker.js", import.meta.url);
/** How far each thread of this process steps aside: field 19 of proc_pid_stat(5). */
const niceness = (): number[] =>
  readdirSync("/proc/self/task").map((thread) =>
    Number(readFileSync(`/proc/self/task/${thread}/stat`, "utf8").split(") ").at(-1)!.split(" ")[16]),
  );

test.runIf(process.platform === "linux")(
  "the thread that reads policies steps aside for the one that answers",
  async () => {
    const before = niceness();
    const reader = new BundleReader(BUILT);
    const { schema } = await reader.read(resolve("robots/a1/policy")).then(({ manifest }) => manifest);
    expect(schema.robot).toBe("a1");
    const more = niceness().filter((nice) => nice >= 10);
    expect(more.length).toBe(before.filter((nice) => nice >= 10).length + 1);
    await reader.close();
  },
);
