import { expect, vi } from "vitest";
import type { LinkServer } from "../../../../learner/train/link-server.ts";
import type { RobotLink } from "../../../fakes/robot-link.ts";
import { policyParts } from "../../policy/bundles.ts";
import { soon } from "./fleet.ts";

/** A hundred rows from `from` on come in, and a policy of the version `from + 1` goes out. */
export async function expectTalk(server: LinkServer, { link, feed, heard }: RobotLink, from: number): Promise<void> {
  feed(from, from + 100);
  await vi.waitFor(() => expect(link.status.acked).toBe(from + 100), soon);
  server.publish(policyParts(from + 1, 1));
  await expectSwap(heard, from + 1);
  link.take({ type: "acting", version: from + 1 });
}

/** The policy of that version came, verified, onto the robot's disk. */
export async function expectSwap(heard: RobotLink["heard"], version: number): Promise<void> {
  const swaps = () => heard.flatMap((message) => (message.type === "swap" ? [message.path] : []));
  const name = new RegExp(`\\b0*${version}$`);
  await vi.waitFor(() => expect(swaps(), JSON.stringify(heard)).toContainEqual(expect.stringMatching(name)), soon);
}
