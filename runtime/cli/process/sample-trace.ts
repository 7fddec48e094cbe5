import { openSync, writeSync } from "node:fs";
import type { Driver } from "../../robot.ts";

/**
 * For measuring what is believed of a machine: with REVERIE_SAMPLE_TRACE=<file> in the environment every sample that is read
 * is appended to it, as `<time of the sample, monotonic ns> <now, ns> <hottest, °C, or -> <rad> …`. Without, the driver is
 * returned as it is.
 */
export function traceSamples<D extends Driver>(driver: D, path = process.env.REVERIE_SAMPLE_TRACE): D {
  if (path === undefined) return driver;
  const file = openSync(path, "a");
  const read = driver.read.bind(driver);
  return Object.assign(driver, {
    read: async () => {
      const sample = await read();
      const { timeNs, position, temperature } = sample;
      const hottest = temperature === undefined ? "-" : Math.max(...temperature).toFixed(1);
      const positions = Array.from(position, (q) => q.toFixed(5)).join(" ");
      writeSync(file, `${timeNs} ${process.hrtime.bigint()} ${hottest} ${positions}\n`);
      return sample;
    },
  });
}
