/** The Go2's motors in the order of its messages: legs front right, front left, rear right, rear left, from the trunk out. */
export const GO2_MOTORS: readonly string[] = ["FR", "FL", "RR", "RL"].flatMap((leg) =>
  ["hip", "thigh", "calf"].map((joint) => `${leg}_${joint}`),
);

/** Messages have room for so many; the Go2 has the first twelve. */
export const MOTOR_SLOTS = 20;
