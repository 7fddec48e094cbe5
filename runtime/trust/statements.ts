import type { PolicyManifest } from "../wire/manifest.ts";

/** What a robot signs when it says hello: which steps are its own. */
export function helloStatement(robot: string, stream: string): string {
  return `reverie hello\n${robot}\n${stream}`;
}

/** What a learner signs when it sends a policy: these bytes, for that robot, under this number. */
export function policyStatement({ policyVersion, schemaHash, graphHash, weightsHash }: PolicyManifest): string {
  return `reverie policy\n${policyVersion}\n${schemaHash}\n${graphHash}\n${weightsHash}`;
}
