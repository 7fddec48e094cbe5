import type { DrawSpeed, MemoryUse, ReplaySpeed } from "./replay-speed.ts";

/** What was measured of replay, for a person. */

export function memoryLine({ memory, rows, rowBytes, rssMB, rowsPerSecond }: MemoryUse): string {
  const taken = `${rows} rows of ${rowBytes} bytes take ${rssMB.toFixed(0)} MB`;
  return `${memory}: ${taken}, filled at ${rowsPerSecond.toFixed(0)} a second`;
}

export function drawLine(speed: DrawSpeed): string {
  const { memory, draw, batch, length, images, batchesPerSecond, cpuMs, longestMs } = speed;
  const what = `${memory}, ${draw}, ${batch} × ${length}${images ? " with images" : ""}`;
  const times = `${cpuMs.toFixed(2)} ms of the processor each, longest ${longestMs.toFixed(1)} ms`;
  return `  ${what}: ${batchesPerSecond.toFixed(0)} batches a second, ${times}`;
}

export function shareLines({ rssMB, updateMs, updateCpuMs, defaultShare, worstShare }: ReplaySpeed): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return [
    `${rssMB.toFixed(0)} MB in all; an update takes ${updateMs.toFixed(0)} ms, ${updateCpuMs.toFixed(0)} of the processor`,
    `drawing takes ${percent(defaultShare)} of that by default, ${percent(worstShare)} at most`,
  ];
}
