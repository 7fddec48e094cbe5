import { setTimeout as sleep } from "node:timers/promises";
import type { Driver } from "../../robot.ts";

const RETRY_MS = 10;

/**
 * Opens a driver, again and again for `openMs` where that fails: what a dead process had open is free only when the system
 * has cleaned up after it. `onFailure` is waited for after each time. Throws the driver's last reason.
 */
export async function openPatiently(
  driver: Pick<Driver, "open">,
  openMs: number,
  onFailure: (error: Error) => Promise<void> = async () => {},
): Promise<void> {
  const begin = performance.now();
  for (;;) {
    try {
      return await driver.open();
    } catch (error) {
      await onFailure(error as Error);
      if (performance.now() - begin >= openMs) throw error;
      await sleep(RETRY_MS);
    }
  }
}
