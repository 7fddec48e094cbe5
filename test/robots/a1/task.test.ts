import { describe, expect, test } from "vitest";
import { A1 } from "../../../robots/a1/a1.ts";
import type { Sample } from "../../../runtime/robot.ts";
import { fc } from "../../properties.ts";

const STAND = [0, 0.869174, -1.628392];
const UPRIGHT = [1, 0, 0, 0];

function sample({
  leg = STAND,
  orientation = UPRIGHT,
  gyro = [0, 0, 0],
  velocity = [0, 0, 0],
}: Partial<Record<"leg" | "orientation" | "gyro" | "velocity", readonly number[]>> = {}): Sample {
  const zeros = new Float64Array(12);
  return {
    timeNs: 0n,
    position: Float64Array.from([...leg, ...leg, ...leg, ...leg]),
    velocity: zeros,
    effort: zeros,
    sensors: {
      position: new Float64Array(3),
      orientation: Float64Array.from(orientation),
      gyro: Float64Array.from(gyro),
      velocity: Float64Array.from(velocity),
    },
  };
}

/** Quaternion of Z-Y-X Euler angles, rad. */
function euler(roll: number, pitch: number, yaw: number): number[] {
  const [cr, sr, cp, sp] = [Math.cos(roll / 2), Math.sin(roll / 2), Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

const body = (observation: string, of: Sample) =>
  [...A1.task({ ...A1.settings, observation }).observe(of).body!] as number[];

describe("observation", () => {
  const angle = fc.double({ min: -1.5, max: 1.5, noNaN: true });

  test("daydreamer: roll, pitch and their rates, then the joints; heading does not show", () => {
    fc.assert(
      fc.property(fc.double({ min: -3.1, max: 3.1, noNaN: true }), angle, angle, (roll, pitch, yaw) => {
        const seen = body("daydreamer", sample({ orientation: euler(roll, pitch, yaw), gyro: [0.1, 0.2, 0.3] }));
        expect(seen).toHaveLength(16);
        [roll, pitch, 0.1, 0.2, ...STAND].forEach((x, i) => {
          expect(seen[i]).toBeCloseTo(x, 4);
        });
      }),
    );
  });

  test("daydreamer: a thigh beyond half a turn comes back from the other side", () => {
    expect(body("daydreamer", sample({ leg: [0, 3.5, -1.7] }))[5]).toBeCloseTo(3.5 - 2 * Math.PI, 5);
  });

  test("gravity: the world's up in the body's frame, then angular velocity, then the joints", () => {
    fc.assert(
      fc.property(angle, angle, angle, (roll, pitch, yaw) => {
        const seen = body("gravity", sample({ orientation: euler(roll, pitch, yaw), gyro: [0.1, 0.2, 0.3] }));
        expect(seen).toHaveLength(18);
        const up = [-Math.sin(pitch), Math.cos(pitch) * Math.sin(roll), Math.cos(pitch) * Math.cos(roll)];
        [...up, 0.1, 0.2, 0.3, ...STAND].forEach((x, i) => {
          expect(seen[i]).toBeCloseTo(x, 5);
        });
      }),
    );
  });

  test.each(["gravity", "daydreamer"])("%s is as large as it says, with a unit for each number", (observation) => {
    const [spec] = A1.task({ ...A1.settings, observation }).observation;
    expect(spec!.shape).toEqual([body(observation, sample()).length]);
    expect(spec!.units).toHaveLength(spec!.shape[0]!);
  });

  test("does not change with the driver's next read", () => {
    const live = sample();
    const seen = A1.task(A1.settings).observe(live).body!;
    live.position.fill(9);
    expect(seen[7]).toBeCloseTo(STAND[1]!, 5);
  });
});

describe("reward", () => {
  const reward = (of: Sample) => A1.task(A1.settings).reward(of);

  test("takes attitude, joints and velocity from the sample", () => {
    expect(reward(sample())).toBeCloseTo(9, 5);
    expect(reward(sample({ orientation: [0, 1, 0, 0] }))).toBeCloseTo(5, 5);
    expect(reward(sample({ velocity: [0.3, 0.1, 0] }))).toBeCloseTo(13.74342, 5);
  });

  test("asks for speed where the robot heads, wherever that is", () => {
    const heading = 2;
    const velocity = [0.3 * Math.cos(heading), 0.3 * Math.sin(heading), 0];
    expect(reward(sample({ orientation: euler(0, 0, heading), velocity }))).toBeCloseTo(14, 5);
  });
});

test.each([
  { stage: "on its back", of: sample({ orientation: [0, 1, 0, 0] }) },
  { stage: "on its back", of: sample({ orientation: euler(1.2, 0, 0) }) },
  { stage: "rolled over", of: sample({ orientation: euler(1.1, 0, 0), leg: [0, 2.5, -2.6] }) },
  { stage: "standing", of: sample() },
  { stage: "standing", of: sample({ velocity: [-0.5, 0, 0] }) },
  { stage: "walking", of: sample({ velocity: [0.2, 0, 0] }) },
])("a person is told it is $stage", ({ stage, of }) => {
  expect(A1.task(A1.settings).stage(of)).toBe(stage);
});

test("the stage that counts as down is the one of a robot on its back", () => {
  const { downStage, stage } = A1.task(A1.settings);
  expect(downStage).toBe(stage(sample({ orientation: [0, 1, 0, 0] })));
});

test.each([
  { settings: { observation: "pixels" }, error: /observation: expected one of gravity, daydreamer, found "pixels"/ },
  { settings: { filterHz: 12 }, error: /filterHz: expected 0 to 10, found 12/ },
  { settings: { windowSteps: 0 }, error: /windowSteps/ },
  { settings: { maxPositionError: -1 }, error: /maxPositionError/ },
])("settings out of range are refused by name: $settings", ({ settings, error }) => {
  expect(() => A1.task({ ...A1.settings, ...settings })).toThrow(error);
});

test.each([
  { settings: { start: "flying" }, error: /start: expected one of back, belly, standing, random, found "flying"/ },
  { settings: { footFriction: Number.NaN }, error: /footFriction/ },
])("so are the simulation's: $settings", ({ settings, error }) => {
  expect(() => A1.simulation({ ...A1.settings, ...settings })).toThrow(error);
});
