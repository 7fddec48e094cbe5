import type { Sample } from "../robot.ts";
import type { Answer } from "./inbox.ts";
import type { GovernorOptions } from "./options.ts";
import type { Parts } from "./parts.ts";

/** The servo tick of a machine that is engaged: heads for what the policy answered, and writes; holds where it is ill. */
export async function servoTurn(
  { refusedToHold }: GovernorOptions["settings"],
  parts: Parts,
  sample: Sample,
  slot: number,
): Promise<void> {
  const { exchange, helm, servo, stance } = parts;
  if (stance.state !== "engaged") return;
  if (exchange.gone && !helm.intervened) {
    exchange.disown();
    return stance.hold("policy", "its process is gone");
  }
  const answer = exchange.take();
  if (answer !== undefined) head(parts, answer, slot);
  if (helm.refusedInRow >= refusedToHold) {
    return stance.hold("policy", `expected finite actions, found ${helm.refusedInRow} others in a row`);
  }
  await servo.write(sample, slot);
}

function head({ exchange, helm, servo }: Parts, answer: Answer, slot: number): void {
  const alone = helm.alone;
  const action = helm.take(answer);
  if (action === undefined) return;
  exchange.feed();
  if (!alone) servo.motion.head(action, slot);
}
