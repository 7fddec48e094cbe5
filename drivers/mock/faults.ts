/** When a fault is there, s after the emulator began; absent: from the beginning, for ever. */
export interface During {
  readonly from?: number;
  readonly for?: number;
}

/** To whom it happens: the id the servo had at the beginning; absent: to each. */
export interface To {
  readonly servo?: number;
}

/** What goes wrong, as plain data. */
export type Fault = During &
  (
    | (To & { readonly kind: "drop" | "duplicate" /** Of the replies. */; readonly share: number })
    /** So many neighbouring bytes of a reply change, by default one. */
    | (To & { readonly kind: "corrupt"; readonly share: number; readonly bytes?: number })
    /** A reply comes so much later. */
    | (To & { readonly kind: "delay"; readonly ms: number; readonly share?: number })
    /** Each reply comes later by anything up to this. */
    | (To & { readonly kind: "jitter"; readonly ms: number })
    /** The cable is out. Reported: the port itself says so; otherwise nothing comes any more. */
    | {
        readonly kind: "unplug";
        readonly reported?: boolean;
        /** The first reply after it is cut off in its middle. */
        readonly midPacket?: boolean;
      }
    | { readonly kind: "stuck-encoder" | "dead" | "reversed"; readonly servo: number }
    | { readonly kind: "over-temperature"; readonly servo: number; readonly celsius: number }
    /** It says that it draws so many A. */
    | { readonly kind: "over-current"; readonly servo: number; readonly amps: number }
    /** The supply falls to so many volts; below `RESET_VOLTS` the servos go out, and come back as after switching on. */
    | { readonly kind: "brown-out"; readonly volts: number }
    /** The servo listens to another id than it should. */
    | { readonly kind: "wrong-id"; readonly servo: number; readonly id: number }
    /** It is a servo of another model. */
    | { readonly kind: "wrong-model"; readonly servo: number; readonly model: number }
    /** It is set to another speed than the bus, bits a second; where the bus knows its own. */
    | { readonly kind: "wrong-baud"; readonly servo: number; readonly baud: number }
    /** Its horn sits elsewhere than calibration found it: it shows so many rad more. */
    | { readonly kind: "slipped"; readonly servo: number; readonly rad: number }
    /** Of an emulated camera: see camera-faults.ts. */
    | { readonly kind: "camera-frozen" | "camera-black" | "camera-dead" }
  );

export type FaultKind = Fault["kind"];

/** What a kind has besides when and to whom, and what of it must be there. */
export interface FaultFields {
  readonly must: readonly string[];
  readonly may: readonly string[];
}

const FIELDS: Readonly<Record<FaultKind, FaultFields>> = {
  drop: { must: ["share"], may: ["servo"] },
  duplicate: { must: ["share"], may: ["servo"] },
  corrupt: { must: ["share"], may: ["servo", "bytes"] },
  delay: { must: ["ms"], may: ["servo", "share"] },
  jitter: { must: ["ms"], may: ["servo"] },
  unplug: { must: [], may: ["reported", "midPacket"] },
  "stuck-encoder": { must: ["servo"], may: [] },
  dead: { must: ["servo"], may: [] },
  reversed: { must: ["servo"], may: [] },
  "over-temperature": { must: ["servo", "celsius"], may: [] },
  "over-current": { must: ["servo", "amps"], may: [] },
  "brown-out": { must: ["volts"], may: [] },
  "wrong-id": { must: ["servo", "id"], may: [] },
  "wrong-model": { must: ["servo", "model"], may: [] },
  "wrong-baud": { must: ["servo", "baud"], may: [] },
  slipped: { must: ["servo", "rad"], may: [] },
  "camera-frozen": { must: [], may: [] },
  "camera-black": { must: [], may: [] },
  "camera-dead": { must: [], may: [] },
};

export const FAULT_KINDS: readonly string[] = Object.keys(FIELDS);

const FLAGS: readonly string[] = ["reported", "midPacket"];
const TEXTS: readonly string[] = ["joint", "topic"];

/** Checks a list from a file. Throws, naming the fault and what is wrong with it. */
export function parseFaults(list: unknown): readonly Fault[] {
  return parseFaultsOf<Fault>(FIELDS, list);
}

/** The same for a machine whose kinds of faults are these. */
export function parseFaultsOf<F extends { readonly kind: string }>(
  kinds: Readonly<Record<F["kind"], FaultFields>>,
  list: unknown,
): readonly F[] {
  if (!Array.isArray(list)) throw new Error(`faults: expected a list, found ${JSON.stringify(list)}`);
  return list.map((each: unknown, at) => {
    const name = `fault ${at + 1}`;
    const fields = typeof each === "object" && each !== null ? (each as Record<string, unknown>) : {};
    const kind = String(fields.kind);
    const known = Object.hasOwn(kinds, kind) ? kinds[kind as F["kind"]] : undefined;
    if (known === undefined) {
      throw new Error(`${name}: expected a kind of ${Object.keys(kinds).join(", ")}, found "${fields.kind}"`);
    }
    for (const key of known.must) {
      if (fields[key] === undefined) throw new Error(`${name} (${kind}): expected "${key}", found none`);
    }
    const all = ["kind", "from", "for", ...known.must, ...known.may];
    for (const [key, value] of Object.entries(fields)) {
      if (!all.includes(key)) throw new Error(`${name} (${kind}): no "${key}"; here there are ${all.join(", ")}`);
      if (key === "kind" || (FLAGS.includes(key) && typeof value === "boolean")) continue;
      if (TEXTS.includes(key) && typeof value === "string") continue;
      if (typeof value !== "number" || !(value >= 0)) {
        throw new Error(`${name} (${kind}): expected "${key}" to be a number of at least 0, found ${value}`);
      }
      if (key === "share" && value > 1) throw new Error(`${name} (${kind}): expected a share up to 1, found ${value}`);
    }
    return each as F;
  });
}

/** Whether a fault is there, `seconds` after the beginning. */
export function isActive({ from = 0, for: duration = Number.POSITIVE_INFINITY }: During, seconds: number): boolean {
  return seconds >= from && seconds < from + duration;
}
