import { expect, test } from "vitest";
import { checkCompute } from "../../../runtime/cli/doctor/compute.ts";
import { checkPackages } from "../../../runtime/cli/doctor/packages.ts";
import { smallModel } from "../../../runtime/cli/doctor/small-model.ts";
import { thisSystem } from "../../../runtime/cli/doctor/this-system.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { type Fake, fakeSystem, NOTHING, verdicts } from "./fake-system.ts";

const compute = (has: Fake, provider = "cpu") => checkCompute(fakeSystem(has), { provider }, smallModel(), THRESHOLDS);
const said = (...lines: object[]): Fake => ({
  programs: { script: { stdout: lines.map((line) => JSON.stringify(line)).join("\n") } },
});
const BEGUN = [{ names: ["cpu", "webgpu"] }, { provider: "cpu" }];
const CPU = [...BEGUN, { provider: "cpu", numbers: [2, 4, 6], ms: 1 }];

test("what ran passes; what did not is a note that says why, and a failure where the learner would use it", async () => {
  const has = said(
    ...CPU,
    { provider: "webgpu" },
    { provider: "webgpu", why: "/src/a.cc:12 Init(x) Failed to get an adapter" },
  );
  expect(verdicts(await compute(has))).toEqual(["note GPU", "pass provider cpu", "note provider webgpu"]);
  const findings = await compute(has, "webgpu");
  expect(findings[2]).toMatchObject({ verdict: "fail", found: "tried: cannot be used here: Failed to get an adapter" });
});

test("a provider that takes its process down is named, those behind it were not tried", async () => {
  const findings = await compute(said({ names: ["cpu", "webgpu", "cuda"] }, ...CPU.slice(1), { provider: "webgpu" }));
  expect(findings[2]!.found).toMatch(/^tried: crashed/);
  expect(findings[3]!.found).toMatch(/^not tried/);
});

test("a provider that runs and is wrong does not pass", async () => {
  const findings = await compute(said(...BEGUN, { provider: "cpu", numbers: [0, 0, 0], ms: 1 }));
  expect(findings[1]).toMatchObject({ verdict: "fail", found: "tried: gave 0,0,0 where 2,4,6 is right" });
});

test("an onnxruntime that cannot be loaded fails with its reason", async () => {
  const findings = await compute({
    programs: { script: { code: 1, stderr: "Error: libonnxruntime.so.1: not found" } },
  });
  expect(findings[1]).toMatchObject({ verdict: "fail", fix: "npm ci" });
  expect(findings[1]!.found).toContain("libonnxruntime.so.1");
});

test.each<{ has: Fake; verdict: string; found: RegExp }>([
  { has: { programs: { "nvidia-smi": { stdout: "H200, 143771 MiB, 570.1\n" } } }, verdict: "pass", found: /H200/ },
  {
    has: { programs: { "nvidia-smi": { code: 9, stdout: "NVIDIA-SMI has failed\n" } } },
    verdict: "warn",
    found: /has failed/,
  },
  { has: { folders: { "/dev/dri": ["card0", "renderD128"] } }, verdict: "note", found: /\/dev\/dri\/renderD128/ },
  { has: {}, verdict: "note", found: /the CPU learns/ },
])("a GPU: $verdict, $found", async ({ has, verdict, found }) => {
  const [gpu] = await compute(has);
  expect(gpu!.verdict).toBe(verdict);
  expect(gpu!.found).toMatch(found);
});

test("the CPU of this computer runs the small graph", async () => {
  const findings = await checkCompute(
    { ...thisSystem, run: async () => undefined },
    { provider: "cpu" },
    smallModel(),
    {
      askMs: 60_000,
      serviceMs: 1,
    },
  );
  expect(findings[1]).toMatchObject({ verdict: "pass", what: "provider cpu" });
}, 60_000);

const packages = (has: Fake, driver = "sim", port = "") =>
  checkPackages(fakeSystem(has), { ...NOTHING, driver, port }, THRESHOLDS);

test("packages that load pass", async () => {
  const findings = await packages({ programs: { script: {} } });
  expect(findings.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass", "pass", "pass"]);
});

test("a package that is not there fails where it is needed and is a note elsewhere", async () => {
  const script = ([code = ""]: readonly string[]) => ({
    code: 1,
    stderr: `Error: Cannot find package ${code.slice(13, -1).replaceAll('"', "'")}`,
  });
  const has: Fake = { programs: { script } };
  expect(verdicts(await packages(has)).slice(1)).toEqual([
    "fail onnxruntime-node",
    "fail zeromq",
    "note serialport",
    "note @tensorflow/tfjs-node-gpu",
  ]);
  expect(verdicts(await packages(has, "serial", "/dev/ttyUSB0"))).toContain("fail serialport");
  expect(verdicts(await packages(has, "serial", "tcp://robot:1"))).toContain("note serialport");
});

test("a package that is there and broken says how it broke", async () => {
  const has: Fake = {
    programs: { script: { code: 1, stderr: "at x\nError: /lib/libzmq.node: wrong ELF class\n at y" } },
  };
  expect((await packages(has))[2]!.found).toMatch(/^Error: \/lib\/libzmq.node: wrong ELF class/);
});

test.each([
  { node: "v20.19.0", verdict: "pass" },
  { node: "v20.18.9", verdict: "fail" },
  { node: "v24.0.0", verdict: "pass" },
])("Node $node: $verdict", async ({ node, verdict }) => {
  expect((await packages({ over: { node }, programs: { script: {} } }))[0]!.verdict).toBe(verdict);
});
