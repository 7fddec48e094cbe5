/** Names on a NATS server, all of one fleet below one root, so that permissions can be given by prefix. */
export interface Subjects {
  /** From a robot to its learner. */
  readonly up: (peer: string) => string;
  /** From the learner to a robot. */
  readonly down: (peer: string) => string;
  readonly rows: (machine: string, stream: string) => string;
  readonly allUp: string;
  readonly allRows: string;
  /** Answered by the learner that the fleet has. */
  readonly learner: string;
  /** JetStream stream of the rows, and the bucket of its object store for policies. */
  readonly stream: string;
  readonly policies: string;
}

const FLEET = /^[A-Za-z0-9_-]{1,32}$/;

/** Throws on a fleet's name that is none. */
export function subjectsOf(fleet: string): Subjects {
  if (!FLEET.test(fleet)) {
    throw new Error(`nats.fleet: expected 1 to 32 letters, digits, _ or -, found ${JSON.stringify(fleet)}`);
  }
  const root = `reverie.${fleet}`;
  return {
    up: (peer) => `${root}.up.${peer}`,
    down: (peer) => `${root}.down.${peer}`,
    rows: (machine, stream) => `${root}.rows.${machineToken(machine)}.${stream}`,
    allUp: `${root}.up.*.*`,
    allRows: `${root}.rows.*.*`,
    learner: `${root}.learner`,
    stream: `reverie_${fleet}`,
    policies: `reverie_${fleet}_policies`,
  };
}

/** A connection of a machine, as two tokens of a subject. */
export function peerName(machine: string, session: string): string {
  return `${machineToken(machine)}.${session}`;
}

/** Machine and what follows it, of a subject that ends with both. */
export function machineOf(subject: string): { readonly machine: string; readonly rest: string; readonly peer: string } {
  const [token = "", rest = ""] = subject.split(".").slice(-2);
  return { machine: token.replaceAll("~", "."), rest, peer: `${token}.${rest}` };
}

/** A machine's name as one token of a subject: dots separate tokens, and no name has a ~. */
export function machineToken(machine: string): string {
  return machine.replaceAll(/[^A-Za-z0-9._-]/g, "-").replaceAll(".", "~");
}
