import type { StepSchema } from "../step.ts";
import type { Topic } from "./topic.ts";

/** The row of a step (wire/README.md) as a ROS 2 message: its fields lie in the row as CDR would place them. */
export function stepTopic(schema: StepSchema): Topic {
  const taken = new Set<string>();
  const lines = [
    `# One policy tick of ${oneLine(schema.robot)}, task ${oneLine(schema.task)}, ${schema.policyRateHz} Hz.`,
    "# The action is the one that led to the observation; the reward belongs to the observation it arrives with.",
    "uint64 sequence         # counts a robot's steps within one stream",
    "int64 time_ns           # of acquisition, on the robot's monotonic clock",
    "float64 reward          # as the task gives it",
    "uint32 episode",
    "uint32 index            # within the episode",
    "uint32 policy_version   # 0 while the robot explores without a policy",
    "bool is_first           # nothing before it explains it",
    "bool is_last            # of its episode",
    "bool is_terminal",
    "bool intervened         # a person acted",
    ...schema.observation
      .filter(({ dtype }) => dtype === "float32")
      .map(({ name, shape, units }) => {
        const length = shape.reduce((a, b) => a * b, 1);
        return `float32[${length}] ${fieldName(`observation_${name}`, taken)}   # ${oneLine(units.join(", "))}`;
      }),
    `float32[${schema.action.length}] action   # ${oneLine(schema.action.join(", "))}`,
    `float32[${schema.joints.length}] command   # rad: ${oneLine(schema.joints.join(", "))}`,
  ];
  return { name: "/step", type: "reverie_msgs/msg/Step", definition: `${lines.join("\n")}\n` };
}

/** A name that ROS 2 takes for a field: small letters, digits and single underscores, not at the end, each name once. */
function fieldName(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/_$/, "");
  let name = plain;
  for (let count = 2; taken.has(name); count++) name = `${plain}_${count}`;
  taken.add(name);
  return name;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");
