import { basename } from "node:path";
import { type SystemFiles, thisSystem } from "./port-advice.ts";

const BY_ID = "/dev/serial/by-id";

/** What a serial device's adapter is called by its maker, model and serial number; none where nobody knows. */
export function adapterSerials(port: string, system: SystemFiles = thisSystem): readonly string[] {
  const device = basename(system.link(port) ?? port);
  return system
    .list(BY_ID)
    .filter((name) => name === basename(port) || basename(system.link(`${BY_ID}/${name}`) ?? "") === device);
}
