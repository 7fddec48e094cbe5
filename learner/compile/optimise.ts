import { type Graph, schedule } from "./graph.ts";
import { batchSums } from "./passes/batch-sums.ts";
import { fuseGemm } from "./passes/fuse-gemm.ts";
import { liftConcat } from "./passes/lift-concat.ts";
import { simplify } from "./passes/simplify.ts";

/** Makes a traced graph cheaper without changing what it computes. Nodes nobody needs are never written. */
export function optimise(traced: Graph): Graph {
  let graph = settle(traced, simplify);
  graph = settle(batchSums(graph), simplify);
  graph = settle(graph, (g) => simplify(liftConcat(g)));
  return fuseGemm(graph);
}

/** Applies a pass until it finds nothing more to do. */
function settle(graph: Graph, pass: (graph: Graph) => Graph): Graph {
  let before = Number.POSITIVE_INFINITY;
  let current = graph;
  for (;;) {
    const nodes = schedule(current.outputs).length;
    if (nodes >= before) return current;
    before = nodes;
    current = pass(current);
  }
}
