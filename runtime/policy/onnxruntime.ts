/**
 * onnxruntime without its telemetry, which would keep an identifier and a database in the home directory, leave files in the
 * temporary one, and send what sessions there are to its authors from threads of its own. It looks at the process's
 * environment, which a worker thread has with SHARE_ENV only.
 */
export async function loadOnnxruntime(): Promise<typeof import("onnxruntime-node")> {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  return import("onnxruntime-node");
}
