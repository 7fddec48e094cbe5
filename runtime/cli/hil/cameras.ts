import { writeFileSync } from "node:fs";
import { type CameraFaultFile, isCameraFault } from "../../../drivers/mock/camera-faults.ts";
import type { MachineFault } from "./scenario.ts";

type Fault = MachineFault["machine"];
type Inject = (faults: readonly Fault[]) => Promise<bigint>;

/** `inject`, which also lets emulated cameras go wrong: they read from `path` what is wrong with them. */
export function camerasToo(inject: Inject, path: string): Inject {
  return async (faults) => {
    const beginNs = await inject(faults.filter((fault) => !isCameraFault(fault)));
    const said: CameraFaultFile = { beginNs: String(beginNs), faults: faults.filter(isCameraFault) };
    if (said.faults.length > 0) writeFileSync(path, JSON.stringify(said));
    return beginNs;
  };
}
