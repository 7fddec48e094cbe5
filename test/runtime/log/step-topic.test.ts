import { parse } from "@foxglove/rosmsg";
import { MessageReader, MessageWriter } from "@foxglove/rosmsg2-serialization";
import { expect, test } from "vitest";
import { stepTopic } from "../../../runtime/log/step-topic.ts";
import { CDR_LITTLE_ENDIAN } from "../../../runtime/log/topic.ts";
import type { Step, StepSchema } from "../../../runtime/step.ts";
import { encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";

const schema: StepSchema = {
  robot: "arm\nwith a line",
  task: "reach",
  observation: [
    { name: "Joint angles", dtype: "float32", shape: [2], units: ["rad", "rad"] },
    { name: "eye", dtype: "uint8", shape: [4, 4, 3], units: ["1"] },
    { name: "joint-angles", dtype: "float32", shape: [3, 1], units: ["1"] },
  ],
  action: ["a"],
  joints: ["j1", "j2"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: true,
};

const step: Step = {
  sequence: 2 ** 40,
  episode: 3,
  index: 4,
  timeNs: -50_000_000n,
  observation: { "Joint angles": Float32Array.of(0.5, -1), "joint-angles": Float32Array.of(1, 2, 3) },
  action: Float32Array.of(1),
  command: Float32Array.of(2, -0.25),
  reward: 1.5,
  isFirst: true,
  isLast: false,
  isTerminal: true,
  policyVersion: 7,
  intervened: false,
};

test("a row is a CDR message that a ROS 2 reader reads by its definition alone, to the last byte", () => {
  const row = encodeSteps(stepLayout(schema), [step]);
  const definition = parse(stepTopic(schema).definition, { ros2: true });
  const message = Buffer.concat([CDR_LITTLE_ENDIAN, row]);
  const fields = {
    sequence: 2n ** 40n,
    time_ns: -50_000_000n,
    reward: 1.5,
    episode: 3,
    index: 4,
    policy_version: 7,
    is_first: true,
    is_last: false,
    is_terminal: true,
    intervened: false,
    observation_joint_angles: Float32Array.of(0.5, -1),
    observation_joint_angles_2: Float32Array.of(1, 2, 3),
    action: Float32Array.of(1),
    command: Float32Array.of(2, -0.25),
  };
  expect(new MessageReader(definition).readMessage(message)).toEqual(fields);
  expect(Buffer.from(new MessageWriter(definition).writeMessage(fields))).toEqual(message);
});
