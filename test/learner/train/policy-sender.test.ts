import { expect, test } from "vitest";
import type { Policy } from "../../../learner/train/policy.ts";
import { PolicySender } from "../../../learner/train/policy-sender.ts";
import type { LearnerMessage } from "../../../runtime/wire/messages.ts";
import { PART_BYTES, PARTS_AHEAD } from "../../../runtime/wire/policy-parts.ts";
import { policyParts } from "../../runtime/policy/bundles.ts";

/** With weights of so many parts and a graph of one. */
function policy(version: number, parts: number): Policy {
  return { ...policyParts(version, 1), weights: new Uint8Array(parts * PART_BYTES) };
}

function sender(graphHash = "", policyVersion = 0) {
  const sent: LearnerMessage[] = [];
  const made = new PolicySender(
    graphHash,
    policyVersion,
    (message) => sent.push(message),
    () => ({ signature: "signed" }),
  );
  const parts = (version: number) =>
    sent.flatMap((each) => (each.type === "part" && each.policyVersion === version ? [each.index] : []));
  const announced = () => sent.flatMap((each) => (each.type === "weights" ? [each.manifest.policyVersion] : []));
  return { made, sent, parts, announced };
}

test("a few parts go ahead, each further one when one has arrived; nothing else waits", () => {
  const { made, sent, parts } = sender();
  made.offer(policy(1, 20));
  expect(sent[0]).toMatchObject({ type: "weights", weightsBytes: 20 * PART_BYTES, signature: "signed" });
  expect(parts(1)).toHaveLength(PARTS_AHEAD);
  made.got(1, 0);
  expect(parts(1)).toHaveLength(PARTS_AHEAD + 1);
  made.got(1, 5); // not its turn
  made.got(7, 1); // not this policy
  expect(parts(1)).toHaveLength(PARTS_AHEAD + 1);
  for (let index = 1; index < 21; index++) made.got(1, index);
  expect(parts(1)).toEqual(Array.from({ length: 21 }, (_, i) => i));
});

test("what was made meanwhile is left out but for the newest, and the graph goes once", () => {
  const { made, sent, parts, announced } = sender();
  made.offer(policy(1, 2));
  made.offer(policy(2, 2));
  made.offer(policy(3, 2));
  expect(announced()).toEqual([1]);
  for (let index = 0; index < 3; index++) made.got(1, index);
  expect(announced()).toEqual([1, 3]);
  expect(sent.find((each) => each.type === "weights" && each.manifest.policyVersion === 3)).toMatchObject({
    graphBytes: 0,
  });
  expect(parts(3)).toEqual([0, 1]);
  made.offer(policy(3, 2));
  made.offer(policy(2, 2));
  expect(announced()).toEqual([1, 3]);
});

test("a robot that could not keep a policy gets the graph again with the next", () => {
  const { made, sent } = sender();
  made.offer(policy(1, 1));
  made.got(1, 0);
  made.got(1, 1, true);
  made.offer(policy(2, 1));
  made.got(2, 0);
  made.got(2, 1);
  made.offer(policy(3, 1));
  const graphs = sent.flatMap((each) => (each.type === "weights" ? [each.graphBytes] : []));
  expect(graphs).toEqual([policy(1, 1).graph.length, policy(1, 1).graph.length, 0]);
});

test("a permit waits for the policies before it", () => {
  const { made, sent } = sender();
  made.sendAfter({ type: "permit", through: 1 });
  expect(sent.at(-1)).toEqual({ type: "permit", through: 1 });
  made.offer(policy(1, 1));
  made.offer(policy(2, 1));
  made.sendAfter({ type: "permit", through: 2 });
  for (let index = 0; index < 2; index++) made.got(1, index);
  expect(sent.at(-1)).toMatchObject({ type: "part", policyVersion: 2 });
  made.got(2, 0);
  expect(sent.at(-1)).toEqual({ type: "permit", through: 2 });
});

test("a robot gets what it has not: neither its version again nor its graph", () => {
  const { graphHash } = policyParts(5, 1).manifest;
  const { made, sent, announced } = sender(graphHash, 5);
  made.offer(policy(5, 1));
  expect(sent).toEqual([]);
  made.offer(policy(6, 1));
  expect(announced()).toEqual([6]);
  expect(sent[0]).toMatchObject({ graphBytes: 0 });
});
