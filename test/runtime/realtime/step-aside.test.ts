import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import { stepAside } from "../../../runtime/realtime/step-aside.ts";

test("a process steps aside, and its session where the kernel groups by that; one that is gone is no error", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  stepAside(child.pid!, 7);
  expect(getPriority(child.pid!)).toBe(7);
  const group = `/proc/${child.pid}/autogroup`;
  if (existsSync(group)) expect(readFileSync(group, "utf8")).toContain("nice 7");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(() => stepAside(child.pid!, 7)).not.toThrow();
});
