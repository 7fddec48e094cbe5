import type { PolicyManifest } from "../../runtime/wire/manifest.ts";
import type { PolicyNames } from "../link/listener.ts";

/** A policy as it goes to robots. */
export interface Policy {
  readonly manifest: PolicyManifest;
  /** safetensors */
  readonly weights: Uint8Array;
  /** ONNX */
  readonly graph: Uint8Array;
  /** Where a broker keeps it. */
  readonly names?: PolicyNames;
  /** When it was made, s on the learner's monotonic clock. */
  readonly made?: number;
}
