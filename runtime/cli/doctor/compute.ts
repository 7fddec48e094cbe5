import { type Finding, fail, missing, note, pass, warn } from "./finding.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

type Looks = Pick<System, "list" | "run" | "script">;

/**
 * Runs argv's model (base64) on every provider this onnxruntime lists, one after the other: a line of JSON when it begins
 * with one, and one for what came of it. Where a provider takes the whole process down, its begin is the last line.
 */
const TRY_ALL = `
process.env.ORT_DISABLE_TELEMETRY = "1";
const ort = await import("onnxruntime-node");
const model = Buffer.from(process.argv.at(-1), "base64");
const names = ort.listSupportedBackends().map(({ name }) => name);
console.log(JSON.stringify({ names }));
for (const provider of names) {
  console.log(JSON.stringify({ provider }));
  try {
    const options = { executionProviders: [provider], logSeverityLevel: 4 };
    const session = await ort.InferenceSession.create(model, options);
    const began = performance.now();
    const out = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", Float32Array.of(1, 2, 3), [3]) });
    const numbers = [...out[session.outputNames[0]].data];
    console.log(JSON.stringify({ provider, numbers, ms: performance.now() - began }));
  } catch (error) {
    console.log(JSON.stringify({ provider, why: String(error.message).split("\\n")[0] }));
  }
}
process.exit(0);`;

interface Tried {
  readonly names?: readonly string[];
  readonly provider?: string;
  readonly numbers?: readonly number[];
  readonly ms?: number;
  readonly why?: string;
}

/** What graphs can run on here: each provider that is in onnxruntime is tried with a small graph, in a process of its own. */
export async function checkCompute(
  system: Looks,
  need: Pick<Need, "provider">,
  /** ONNX, of one input of three float32 and one output that is twice it. */
  model: Uint8Array,
  { askMs, serviceMs }: Pick<Thresholds, "askMs" | "serviceMs">,
): Promise<Finding[]> {
  const base64 = Buffer.from(model).toString("base64");
  const [gpu, ran] = await Promise.all([checkGpu(system, serviceMs), system.script(TRY_ALL, [base64], askMs)]);
  const lines = (ran?.stdout ?? "").split("\n").flatMap(parsed);
  const names = lines.find((line) => line.names !== undefined)?.names;
  if (names === undefined) {
    const why = /^\w*Error.*$/m.exec(ran?.stderr ?? "")?.[0] ?? `nothing came in ${askMs} ms`;
    return [gpu, fail("onnxruntime", `could not be tried: ${why}`, "npm ci")];
  }
  const findings = names.map((name) => {
    const of = lines.filter(({ provider }) => provider === name);
    return judge(name, of, need.provider === name, askMs);
  });
  return [gpu, ...findings];
}

function judge(name: string, lines: readonly Tried[], needed: boolean, askMs: number): Finding {
  const what = `provider ${name}`;
  const [begun, ended] = lines;
  if (begun === undefined) return missing(needed, what, "not tried: one before it took the process or the time");
  if (ended === undefined) return missing(needed, what, `tried: crashed, or took longer than ${askMs} ms`);
  const { numbers, ms = 0, why } = ended;
  if (why !== undefined) return missing(needed, what, `tried: cannot be used here: ${shorter(why)}`);
  if (String(numbers) !== "2,4,6") return missing(needed, what, `tried: gave ${numbers} where 2,4,6 is right`);
  const inside = name === "cpu" ? "" : "; whether all of a larger one would run there is not known";
  return pass(what, `tried: ran a small graph, first run ${ms.toFixed(1)} ms${inside}`);
}

async function checkGpu({ run, list }: Pick<System, "run" | "list">, serviceMs: number): Promise<Finding> {
  const ask = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
  const nvidia = await run("nvidia-smi", ask, 3 * serviceMs);
  if (nvidia?.code === 0 && nvidia.stdout.trim() !== "") {
    return pass("GPU", nvidia.stdout.trim().replaceAll("\n", "; "));
  }
  if (nvidia !== undefined) {
    const [said] = (nvidia.stderr || nvidia.stdout).trim().split("\n");
    return warn("GPU", `nvidia-smi says: ${said}`, "sudo dmesg | grep -i nvrm");
  }
  const nodes = list("/dev/dri").filter((name) => name.startsWith("renderD"));
  if (nodes.length > 0) return note("GPU", `no NVIDIA driver; ${nodes.map((name) => `/dev/dri/${name}`).join(", ")}`);
  return note("GPU", "none to be seen: the CPU learns");
}

/** What onnxruntime says, without where in its source it says so. */
function shorter(why: string): string {
  const said = why.replace(/\/\S+:\d+ .*?(?=Failed|failed|Status|Unable|No |Couldn't)/, "");
  return said.length > 160 ? `${said.slice(0, 160)}…` : said;
}

/** Libraries say lines of their own in between. */
function parsed(line: string): Tried[] {
  try {
    return line.startsWith("{") ? [JSON.parse(line) as Tried] : [];
  } catch {
    return [];
  }
}
