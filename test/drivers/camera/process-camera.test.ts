import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ProcessCamera as Class } from "../../../drivers/camera/process-camera.ts";
import type { CameraSettings } from "../../../drivers/camera/settings.ts";
import { SO101 } from "../../../robots/so101/so101.ts";

/** Real processes run from the built files only. */
const BUILT = new URL("../../../dist/drivers/camera/process-camera.js", import.meta.url).href;
const { ProcessCamera } = (await import(BUILT)) as typeof import("../../../drivers/camera/process-camera.ts");

const FAKE = resolve(import.meta.dirname, "fake-ffmpeg.mjs");
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 20_000, interval: 10 };

let directory = "";
let control = "";
let cameras: Class[] = [];
let lines: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-camera-"));
  control = join(directory, "mode");
  lines = [];
});
afterEach(async () => {
  await Promise.all(cameras.map((camera) => camera.close()));
  cameras = [];
  rmSync(directory, { recursive: true, force: true });
});

async function opened(changes: Partial<CameraSettings> = {}): Promise<Class> {
  const camera = new ProcessCamera(
    {
      name: "wrist",
      shape: [8, 8, 3],
      ffmpeg: FAKE,
      source: {
        kind: "ffmpeg",
        input: { from: "url", url: `fake:fps=100&control=${control}` },
        width: 64,
        height: 48,
        scaledBy: "ffmpeg",
      },
      silentMs: 600,
      frozenMs: 600,
      backoffMs: 50,
      backoffMaxMs: 200,
      ...changes,
    },
    { now: () => process.hrtime.bigint(), report: (line) => lines.push(line) },
  );
  cameras.push(camera);
  await camera.open();
  return camera;
}

const behave = (mode: string) => writeFileSync(control, mode);
const well = (camera: Class) =>
  vi.waitFor(() => {
    const { sequence, health } = camera.newest();
    expect(sequence).toBeGreaterThan(0);
    expect(health.fault).toBeUndefined();
    expect(health.age).toBeLessThan(0.25);
  }, soon);

test("before the first frame a black one; then frames whose number, age, rate and brightness are told", async () => {
  const camera = await opened();
  const first = camera.newest();
  expect(first).toMatchObject({ sequence: 0, shape: [8, 8, 3], health: { age: Number.POSITIVE_INFINITY, rate: 0 } });
  expect(first.frame).toEqual(new Uint8Array(192));
  await well(camera);
  await vi.waitFor(() => expect(camera.newest().health.rate).toBeGreaterThan(20), soon);
  const { frame, sequence, health, timeNs } = camera.newest();
  // The fake's frames count themselves in their first byte; none was lost on the way.
  expect([...frame]).toEqual(Array.from({ length: 192 }, (_, i) => (sequence + i) & 255));
  expect(health.frozenFor).toBe(0);
  expect(health.brightness).toBeGreaterThan(50);
  expect(timeNs).toBeLessThan(process.hrtime.bigint());
  await vi.waitFor(() => expect(camera.newest().sequence).toBeGreaterThan(sequence), soon);
  expect(frame[0]).toBe(sequence & 255);
  await vi.waitFor(() => expect(camera.counts().frames).toBeGreaterThan(0), soon);
  expect(camera.counts()).toMatchObject({ repeats: 0, restarts: 0, processRestarts: 0 });
});

test("what freezes, repeats itself, falls silent or dies is told with cause and time, started again, and well when that works", async () => {
  const camera = await opened();
  await well(camera);
  for (const [mode, cause] of [
    ["freeze", /expected new pictures, found the same for \d+ ms/],
    ["repeat", /expected new pictures, found the same for \d+ ms/],
    ["silent", /expected a frame every 600 ms, found none for \d+ ms/],
    ["die", /fake-ffmpeg.mjs ended with code 1: \/dev\/video0: No such device$/],
  ] as const) {
    const before = process.hrtime.bigint();
    const { restarts, repeats } = camera.counts();
    behave(mode);
    await vi.waitFor(() => expect(camera.newest().health.fault?.text).toMatch(cause), soon);
    const { fault } = camera.newest().health;
    expect(fault!.sinceNs).toBeGreaterThan(before - 500_000_000n);
    expect(fault!.sinceNs).toBeLessThan(process.hrtime.bigint());
    const { sequence } = camera.newest();
    behave("run");
    await well(camera);
    expect(camera.newest().sequence).toBeGreaterThanOrEqual(sequence);
    await vi.waitFor(() => expect(camera.counts().restarts).toBeGreaterThan(restarts), soon);
    if (mode === "freeze" || mode === "repeat") expect(camera.counts().repeats).toBeGreaterThan(repeats + 5);
  }
});

test("a frozen, a dark and a slow camera are seen in its frames' health long before anything is started again", async () => {
  const camera = await opened({ frozenMs: 0 });
  await well(camera);
  behave("freeze");
  await vi.waitFor(() => expect(camera.newest().health.frozenFor).toBeGreaterThan(0.2), soon);
  expect(camera.newest().health.age).toBeLessThan(0.25);
  behave("black");
  await vi.waitFor(() => expect(camera.newest().health.brightness).toBe(0), soon);
  behave("run");
  await vi.waitFor(() => expect(camera.newest().health).toMatchObject({ frozenFor: 0 }), soon);
  behave("slow");
  await vi.waitFor(() => {
    expect(camera.newest().health.rate).toBeGreaterThan(0);
    expect(camera.newest().health.rate).toBeLessThan(15);
  }, soon);
  await vi.waitFor(() => expect(camera.counts().repeats).toBeGreaterThan(0), soon);
  expect(camera.counts().restarts).toBe(0);
});

test("a camera's process that is killed takes its source with it, and is started again; sequence numbers go on", async () => {
  const camera = await opened();
  await well(camera);
  await vi.waitFor(() => expect(camera.pids).toHaveLength(2), soon);
  behave("silent"); // writes nothing more: it would not notice that its reader is gone
  const [own, source] = camera.pids as [number, number];
  const { sequence } = camera.newest();
  process.kill(own, "SIGKILL");
  await vi.waitFor(() => expect(camera.newest().health.fault?.text).toBe("its process died (ended by SIGKILL)"), soon);
  await vi.waitFor(() => expect(gone(source)).toBe(true), soon);
  behave("run");
  await well(camera);
  await vi.waitFor(() => expect(camera.newest().sequence).toBeGreaterThan(sequence), soon);
  expect(camera.counts().processRestarts).toBe(1);
  expect(lines.join("\n")).toContain("camera wrist died (ended by SIGKILL): starting it again");
});

test("a camera's process that hangs is killed and started again", async () => {
  const camera = await opened({ hangMs: 1000 });
  await well(camera);
  await vi.waitFor(() => expect(camera.pids).toHaveLength(2), soon);
  process.kill(camera.pids[0]!, "SIGSTOP");
  await vi.waitFor(() => expect(camera.counts().processRestarts).toBe(1), soon);
  await well(camera);
});

test("when the one that receives is killed, the camera's process and its source end", async () => {
  const settings = {
    name: "wrist",
    shape: [8, 8, 3],
    ffmpeg: FAKE,
    source: {
      kind: "ffmpeg",
      input: { from: "url", url: `fake:control=${control}` },
      width: 64,
      height: 48,
      scaledBy: "ffmpeg",
    },
  };
  // A file, not --eval: what a process was started with, its children inherit.
  const script = join(directory, "receiver.mjs");
  writeFileSync(
    script,
    `import { ProcessCamera } from ${JSON.stringify(BUILT)};
    const camera = new ProcessCamera(${JSON.stringify(settings)}, { now: () => process.hrtime.bigint(), report: () => {} });
    await camera.open();
    setInterval(() => camera.newest().sequence > 0 && camera.pids.length === 2 && console.log(camera.pids.join(" ")), 20);`,
  );
  const receiver = spawn(process.execPath, [script]);
  try {
    let said = "";
    receiver.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    await vi.waitFor(() => expect(said).toContain("\n"), soon);
    const pids = said.split("\n")[0]!.split(" ").map(Number);
    behave("silent");
    expect(pids.map(gone)).toEqual([false, false]);
    receiver.kill("SIGKILL");
    await vi.waitFor(() => expect(pids.map(gone)).toEqual([true, true]), soon);
  } finally {
    receiver.kill("SIGKILL");
  }
});

test("closed, its processes are gone; it can be closed twice and opened again", async () => {
  const camera = await opened();
  await well(camera);
  await vi.waitFor(() => expect(camera.pids).toHaveLength(2), soon);
  const { pids } = camera;
  await camera.close();
  await camera.close();
  expect(pids.map(gone)).toEqual([true, true]);
  expect(camera.newest().sequence).toBe(0);
  await camera.open();
  await well(camera);
});

test("without ffmpeg nothing throws: the image says what to do", async () => {
  const camera = await opened({ ffmpeg: "no-such-ffmpeg" });
  await vi.waitFor(() => expect(camera.newest().health.fault?.text).toContain("sudo apt install ffmpeg"), soon);
  expect(camera.newest()).toMatchObject({ sequence: 0, health: { age: Number.POSITIVE_INFINITY } });
});

test("picture files are a camera too", async () => {
  for (let i = 0; i < 20; i++) {
    writeFileSync(
      join(directory, `${10 + i}.pgm`),
      Buffer.concat([Buffer.from("P5 2 2 255\n"), Buffer.alloc(4, 10 * i)]),
    );
  }
  const camera = await opened({ shape: [1, 1, 3], source: { kind: "pictures", directory, rateHz: 50 } });
  await well(camera);
  const { frame } = camera.newest();
  expect(frame).toHaveLength(3);
  expect(frame[0]! % 10).toBe(0);
  expect(camera.pids.length).toBeLessThan(2);
});

/** A process that is no more, or that only its parent has not yet heard the end of. */
function gone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.startsWith("Z");
  } catch {
    return true;
  }
}

test("a camera of the simulation draws in a process of its own the pose that it was told last", async () => {
  const { name, joints, restPose } = SO101.spec;
  const [front] = SO101.cameras!;
  const camera = await opened({
    silentMs: 5000, // pictures are as seldom as this test is asked to wait
    source: {
      kind: "simulation",
      robot: { name, joints },
      model: SO101.simulation(SO101.settings),
      view: front!.view,
      width: 8,
      height: 8,
      rateHz: 100,
    },
  });
  expect(camera.newest().sequence).toBe(0);
  const position = Float64Array.from(restPose);
  let told = 0n;
  await vi.waitFor(() => {
    told = process.hrtime.bigint();
    camera.follow({ timeNs: told, position, velocity: position, effort: position, sensors: {} });
    expect(camera.newest().sequence).toBeGreaterThan(2);
  }, soon);
  const { timeNs, health } = camera.newest();
  expect(timeNs).toBeLessThanOrEqual(told);
  expect(health.brightness).toBeGreaterThan(50);
  expect(health.frozenFor).toBe(0);
  expect(camera.pids).toHaveLength(1);
});
