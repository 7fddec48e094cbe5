import { openSync, writeSync } from "node:fs";
import type { Driver } from "../../robot.ts";

/**
 * For measuring what the motors are told, and when: with REVERIE_MOTOR_TRACE=<file> in the environment every command and
 * every end state is appended to it once the machine has it, as `<monotonic ns> <process> command|hold|damp|limp|stop`. Without,
 * the driver is returned as it is.
 */
export function traceMotors<D extends Driver>(driver: D, path = process.env.REVERIE_MOTOR_TRACE): D {
  if (path === undefined) return driver;
  const file = openSync(path, "a");
  const tell = (what: string): void => {
    writeSync(file, `${process.hrtime.bigint()} ${process.pid} ${what}\n`);
  };
  const write = driver.write.bind(driver);
  const relax = driver.relax.bind(driver);
  const relaxReachable = driver.relaxReachable?.bind(driver);
  return Object.assign(driver, {
    write: async (...[command]: Parameters<Driver["write"]>) => {
      const sent = await write(command);
      tell("command");
      return sent;
    },
    relax: async (...[end]: Parameters<Driver["relax"]>) => {
      await relax(end);
      tell(end);
    },
    ...(relaxReachable && {
      relaxReachable: async (...[end]: Parameters<Driver["relax"]>) => {
        await relaxReachable(end);
        tell(end);
      },
    }),
  });
}
