import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients.ts";
import { registerKernels } from "./kernels.ts";

/** Makes tfjs compute at once on a backend ("cpu" needs nothing installed), with every kernel and gradient of ours. */
export async function useEager(backendName = "cpu"): Promise<void> {
  tf.env().set("PROD", true); // or tfjs prints an advertisement on first use
  registerGradients();
  registerKernels(backendName);
  if (!(await tf.setBackend(backendName))) {
    throw new Error(`tfjs: expected the backend "${backendName}" to start, found it unavailable`);
  }
}
