import type * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { updateAgent } from "../../../learner/agent/update.ts";
import { compile } from "../../../learner/compile/program.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import {
  expectOracle,
  flattenResult,
  oracleBatch,
  oracleNoise,
  oracleSettings,
  oracleSpec,
  oracleState,
  readOracle,
} from "./oracle.ts";

type Tree = { readonly [name: string]: tf.Tensor | Tree };

/** Leaves of nested records by path, and the way back. */
function flatten(tree: Tree, prefix = ""): Record<string, tf.Tensor> {
  const leaves: Record<string, tf.Tensor> = {};
  for (const [name, leaf] of Object.entries(tree)) {
    if ("dataId" in leaf) leaves[`${prefix}${name}`] = leaf as tf.Tensor;
    else Object.assign(leaves, flatten(leaf as Tree, `${prefix}${name}|`));
  }
  return leaves;
}

function unflatten(tree: Tree, leaves: Readonly<Record<string, tf.Tensor>>, prefix = ""): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([name, leaf]) => {
      const path = `${prefix}${name}`;
      return [name, "dataId" in leaf ? leaves[path]! : unflatten(leaf as Tree, leaves, `${path}|`)];
    }),
  );
}

describe.each(["backprop", "reinforce"] as const)("the compiled update with the %s actor", (actor) => {
  test("has the same numbers as the independent float64 computation", async () => {
    await useEager();
    const oracle = readOracle(actor);
    const tree = { state: oracleState(oracle), batch: oracleBatch(oracle), noise: oracleNoise(oracle) };
    const leaves = flatten(tree as unknown as Tree);
    const feeds = Object.fromEntries(
      Object.entries(leaves).map(([name, leaf]) => [name, leaf.dataSync() as Float32Array]),
    );
    const specs = Object.fromEntries(
      Object.entries(leaves).map(([name, { shape }]) => [name, { shape, dtype: "float32" as const }]),
    );
    const program = await compile(specs, (tensors) => {
      const { state, batch, noise } = unflatten(tree as unknown as Tree, tensors) as unknown as typeof tree;
      return flattenResult(
        updateAgent(state, batch, noise, oracleSpec(oracle), oracleSettings(oracle), oracle.sizes.batch),
      );
    });
    const found = await program.run(feeds);
    expectOracle(oracle, (name) => found[name]!);
    await program.close();
    expect(Object.keys(found).length).toBeGreaterThan(150);
  });
});
