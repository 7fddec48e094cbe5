import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Played } from "../../runtime/cli/played.ts";
import { render } from "../../runtime/cli/render.ts";
import { MAIN } from "../fakes/reverie.ts";
import { decodeGif } from "./gif/decode.ts";
import { reacherRun } from "./reacher-run.ts";

describe("render", () => {
  let directory = "";
  let run = "";
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "reverie-render-"));
    run = reacherRun({ noise: 0.3 });
  });
  afterAll(() => {
    for (const each of [directory, run]) rmSync(each, { recursive: true, force: true });
  });

  /** A small film, what was said of it, and its frames. */
  async function make(...args: string[]) {
    const file = join(directory, "film.gif");
    expect(await render([run, file, "--width=48", "--height=32", "--json", ...args])).toBe(0);
    const bytes = readFileSync(file);
    const said = JSON.parse(log.mock.lastCall![0]) as Played & { bytes: number; frames: number };
    return { bytes, said, gif: decodeGif(bytes) };
  }

  test("writes so many pictures, of a robot that moves, and says what it made; the same for a seed", async () => {
    const { bytes, said, gif } = await make("--seconds=2", "--fps=10", "--seed=4");
    expect(gif).toMatchObject({ width: 48, height: 32, loops: true });
    expect(gif.frames.map(({ delay }) => delay)).toEqual(Array(20).fill(10));
    expect(new Set(gif.frames.map(({ picture }) => Buffer.from(picture).toString("base64"))).size).toBeGreaterThan(15);
    expect(said).toMatchObject({ frames: 20, bytes: bytes.length, width: 48, height: 32, steps: 40, seconds: 2 });
    expect((await make("--seconds=2", "--fps=10", "--seed=4")).bytes).toEqual(bytes);
  });

  test("from a step on it shows what a film from the start shows there", async () => {
    const late = (await make("--seconds=1", "--from=40")).gif.frames;
    const whole = (await make("--seconds=3")).gif.frames;
    const apart = (shift: number) =>
      late.reduce((sum, { picture }, i) => {
        const other = whole[i + shift]!.picture;
        return sum + picture.reduce((inner, value, at) => inner + Math.abs(value - other[at]!), 0);
      }, 0);
    const best = Array.from({ length: 40 }, (_, shift) => shift).sort((a, b) => apart(a) - apart(b))[0]!;
    expect(Math.abs(best - 40)).toBeLessThanOrEqual(2);
  });

  test("the robot moves as it plays in lockstep", async () => {
    const { said } = await make("--seconds=5", "--seed=9");
    const args = ["play", "reacher", "--run", run, "--clock=lockstep", "--seconds=5", "--seed=9", "--json"];
    const { stdout } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
    const played = JSON.parse(stdout.trim().split("\n").at(-1)!) as Played;
    expect(played.steps).toBe(said.steps);
    expect(played.rewardMean).toBeCloseTo(said.rewardMean!, 9);
    expect(played.stages).toEqual(said.stages);
  }, 30_000);

  test.each([
    [["a.png"], 'expected a file named *.gif, found "a.png"'],
    [["a.gif", "--fps=60"], 'expected a whole number from 1 to 50 after --fps, found "60"'],
    [["a.gif", "--width=0"], 'expected a whole number from 1 to 4096 after --width, found "0"'],
    [["a.gif", "--task.goalX=far"], 'expected a number, found "far"'],
  ])("%j is refused", async (args, message) => {
    await expect(render([run, ...args])).rejects.toThrow(message);
  });

  test("what is neither a run nor a robot is refused", async () => {
    await expect(render([join(directory, "nowhere"), "a.gif"])).rejects.toThrow("expected a run, found no config.json");
  });
});
