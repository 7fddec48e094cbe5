import { expect, test } from "vitest";
import { openPatiently } from "../../../runtime/cli/process/open-patiently.ts";

const busyFor = (times: number) => {
  let left = times;
  let tried = 0;
  const open = async () => {
    tried++;
    if (left-- > 0) throw new Error(`port in use, ${left} to go`);
  };
  return { open, tried: () => tried };
};

test("a port that is soon free is opened", async () => {
  const port = busyFor(3);
  await openPatiently(port, 10_000);
  expect(port.tried()).toBe(4);
});

test("after each failure something can be done meanwhile, and is waited for", async () => {
  const met: string[] = [];
  await openPatiently(busyFor(2), 10_000, async ({ message }) => {
    await Promise.resolve();
    met.push(message);
  });
  expect(met).toEqual(["port in use, 1 to go", "port in use, 0 to go"]);
});

test("one that stays in use is given up in time, with its own reason", async () => {
  await expect(openPatiently(busyFor(Number.POSITIVE_INFINITY), 50)).rejects.toThrow(/port in use/);
  const port = busyFor(1);
  await expect(openPatiently(port, 0)).rejects.toThrow(/port in use/);
  expect(port.tried()).toBe(1);
});
