import { isLoopback } from "../../trust/endpoint.ts";
import { robotTrust } from "../../trust/trust.ts";
import { type Finding, fail, note, pass } from "./finding.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

/** A ZMTP 3 greeting up to its version: what a ZeroMQ socket answers with the rest of its own (rfc.zeromq.org/spec/23). */
const GREETING = Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3);
const SIGNATURE_END = 9;
const MECHANISM = { from: 12, to: 32 };

/** The learner's socket, as far as its greeting: it takes no part and changes nothing there. */
export async function checkLearner(
  { greet }: Pick<System, "greet">,
  { learner, keys, learnerName }: Pick<Need, "learner" | "keys" | "learnerName">,
  { greetMs }: Pick<Thresholds, "greetMs">,
): Promise<Finding[]> {
  if (learner === "") return [note("learner", "on this machine; --learner tcp://<host>:<port> asks another")];
  const findings = [checkKeys({ learner, keys, learnerName })];
  const [, host = "", port = ""] = /^tcp:\/\/(.+):(\d+)$/.exec(learner) ?? [];
  try {
    const { heard, connectMs, answerMs } = await greet(
      host.replace(/^\[|\]$/g, ""),
      Number(port),
      GREETING,
      64,
      greetMs,
    );
    findings.push(judgeGreeting(learner, heard, connectMs, answerMs, keys !== undefined || !isLoopback(learner)));
  } catch (error) {
    const fix = `start it there: reverie learner --run <dir> --bind tcp://0.0.0.0:${port}; a firewall may be between`;
    findings.push(fail(learner, `cannot be reached: ${(error as Error).message}`, fix));
  }
  const found = "not measured, and not needed: steps carry the robot's own monotonic time";
  return [...findings, note("clock offset", found)];
}

function judgeGreeting(
  endpoint: string,
  heard: Uint8Array,
  connectMs: number,
  answerMs: number,
  secret: boolean,
): Finding {
  const what = endpoint;
  if (heard.length < MECHANISM.to || heard[0] !== 0xff || heard[SIGNATURE_END] !== 0x7f) {
    return fail(
      what,
      `something answers, and it is no learner (${heard.length} bytes of greeting)`,
      "is the port right?",
    );
  }
  const name = Buffer.from(heard.subarray(MECHANISM.from, MECHANISM.to)).toString("latin1").replaceAll("\0", "");
  const times = `round trip ${connectMs.toFixed(1)} ms to connect, ${answerMs.toFixed(1)} ms to its greeting`;
  if ((name === "CURVE") === secret) return pass(what, `${times}, ${secret ? "encrypted" : "in the clear"}`);
  if (secret)
    return fail(
      what,
      `${times}; it speaks ${name}, without keys`,
      "start the learner with --bind to an outside address, or --keys",
    );
  return fail(what, `${times}; it wants keys (${name})`, "--keys <dir> here: see reverie help keys");
}

function checkKeys({ learner, keys, learnerName }: Pick<Need, "learner" | "keys" | "learnerName">): Finding {
  try {
    const options = { ...(keys !== undefined && { keys }), ...(learnerName !== undefined && { learner: learnerName }) };
    const trust = robotTrust(learner, options);
    if (trust === undefined) return note("keys", "not needed on this machine");
    return pass("keys", `${trust.own.name} trusts ${trust.learner.name}`);
  } catch (error) {
    const { message } = error as Error;
    const [, fix] = /(reverie keys .*|chmod .*)$/.exec(message) ?? [];
    return fail("keys", message, fix ?? "reverie help keys");
  }
}
