/** A learner that trains flat out on made-up batches, for `bench loop`: tells its parent how long each update took, ms. */
import { trainFlatOut } from "../../../learner/agent/bench.ts";

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {}); // the parent decides
for await (const ms of trainFlatOut()) process.send?.(ms);
