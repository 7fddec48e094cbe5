import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { onStopSignals } from "../../../runtime/cli/experiment/stop-signals.ts";

test("one Ctrl-C that arrives twice is one, and a later one is another", () => {
  const process = new EventEmitter();
  const heard: boolean[] = [];
  let now = 0;
  const off = onStopSignals(
    process,
    (first) => heard.push(first),
    () => now,
  );
  process.emit("SIGINT");
  now = 100;
  process.emit("SIGINT");
  expect(heard).toEqual([true]);
  now = 900;
  process.emit("SIGTERM");
  expect(heard).toEqual([true, false]);
  off();
  expect(process.eventNames()).toEqual([]);
});
