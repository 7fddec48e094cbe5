import { type Finding, missing, note, pass } from "./finding.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

export interface Loaded {
  readonly loaded: boolean;
  /** It is not installed. */
  readonly absent: boolean;
  readonly why: string;
}

/** Native packages, what needs each, and the command that brings it. rclnodejs is looked at with the rest of ROS 2. */
const PACKAGES = [
  { name: "onnxruntime-node", needed: () => true, what: "policies and learning", fix: "npm ci" },
  {
    name: "zeromq",
    needed: () => true,
    what: "the link between robot and learner",
    fix: "npm ci && npm rebuild zeromq",
  },
  {
    name: "serialport",
    needed: ({ driver, port }: Wants) => driver === "serial" && !port.startsWith("tcp://"),
    what: "serial devices",
    fix: "npm ci && npm rebuild @serialport/bindings-cpp",
  },
  {
    name: "@tensorflow/tfjs-node-gpu",
    needed: () => false,
    what: "an eager back end on CUDA; the compiled learner does without",
    fix: "npm i @tensorflow/tfjs-node-gpu",
  },
] as const;

type Wants = Pick<Need, "driver" | "port">;

/** Node itself, and each native package by loading it in a process of its own. */
export async function checkPackages(
  system: Pick<System, "node" | "script">,
  need: Wants,
  { node, askMs }: Pick<Thresholds, "node" | "askMs">,
): Promise<Finding[]> {
  const packages = PACKAGES.map(async ({ name, needed, what, fix }) => {
    const { loaded, absent, why } = await loads(system, name, askMs);
    if (loaded) return pass(name, `loads; for ${what}`);
    if (absent && !needed(need)) return note(name, `not installed; for ${what}`, fix);
    return missing(needed(need), name, `${absent ? "not installed" : why}; for ${what}`, fix);
  });
  return [checkNode(system.node, node), ...(await Promise.all(packages))];
}

function checkNode(version: string, { major, minor }: Thresholds["node"]): Finding {
  const [have = 0, haveMinor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (have > major || (have === major && haveMinor >= minor)) return pass("Node", version);
  return missing(true, "Node", `${version}, older than ${major}.${minor}`, "install a newer one: https://nodejs.org");
}

/** Loads a package in a process of its own. */
export async function loads({ script }: Pick<System, "script">, name: string, askMs: number): Promise<Loaded> {
  const ran = await script(`await import(${JSON.stringify(name)})`, [], askMs);
  if (ran?.code === 0) return { loaded: true, absent: false, why: "" };
  const absent = ran?.stderr.includes(`Cannot find package '${name}'`) ?? false;
  const said = /^(?:\w*Error.*)$/m.exec(ran?.stderr ?? "")?.[0];
  const why =
    said ?? (ran?.code === undefined ? `crashed, or took longer than ${askMs} ms` : `ended with code ${ran.code}`);
  return { loaded: false, absent, why };
}
