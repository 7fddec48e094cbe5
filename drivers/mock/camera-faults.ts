import { readFileSync } from "node:fs";
import { type Fault, type FaultKind, isActive, parseFaults } from "./faults.ts";

/** What can go wrong with an emulated camera: it shows one picture again and again, nothing but noise, or is taken away. */
export const CAMERA_FAULTS = ["camera-frozen", "camera-black", "camera-dead"] as const satisfies readonly FaultKind[];
export type CameraFaultKind = (typeof CAMERA_FAULTS)[number];

/** Names the file that says what is wrong with the emulated cameras of a run. Without it nothing is. */
export const CAMERA_FAULTS_FILE = "REVERIE_CAMERA_FAULTS";

/** The content of that file: `from` of a fault counts from `beginNs`, monotonic. */
export interface CameraFaultFile {
  readonly beginNs: string;
  readonly faults: readonly CameraFault[];
}

export type CameraFault = Extract<Fault, { readonly kind: CameraFaultKind }>;

export function isCameraFault(fault: { readonly kind: string }): fault is CameraFault {
  return CAMERA_FAULTS.some((each) => each === fault.kind);
}

/** Says what is wrong now, as the file has it; it is read until it is there. */
export function cameraFaults(
  path: string | undefined = process.env[CAMERA_FAULTS_FILE],
  now: () => bigint = process.hrtime.bigint,
): () => CameraFaultKind | undefined {
  let known: { readonly beginNs: bigint; readonly faults: readonly Fault[] } | undefined;
  return () => {
    if (path === undefined) return undefined;
    known ??= read(path);
    if (known === undefined) return undefined;
    const seconds = Number(now() - known.beginNs) / 1e9;
    return known.faults.find((fault) => isActive(fault, seconds))?.kind as CameraFaultKind | undefined;
  };
}

function read(path: string): { readonly beginNs: bigint; readonly faults: readonly Fault[] } | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined; // nothing has gone wrong yet
  }
  const { beginNs, faults } = JSON.parse(text) as CameraFaultFile;
  return { beginNs: BigInt(beginNs), faults: parseFaults(faults).filter(isCameraFault) };
}
