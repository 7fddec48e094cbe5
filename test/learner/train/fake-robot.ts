import { Dealer } from "zeromq";
import type { Hello } from "../../../learner/train/hello.ts";
import { type Step, type StepSchema, schemaHash } from "../../../runtime/step.ts";
import { decodeMessage, encodeMessage, type LearnerMessage, PROTOCOL } from "../../../runtime/wire/messages.ts";
import { PolicyIntake } from "../../../runtime/wire/policy-parts.ts";
import { encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import type { WireMark } from "../../../runtime/wire/step-marks.ts";

export const SCHEMA: StepSchema = {
  robot: "counter",
  task: "count",
  observation: [
    { name: "counter", dtype: "float32", shape: [1], units: ["1"] },
    { name: "zeros", dtype: "float32", shape: [2], units: ["1", "1"] },
  ],
  action: ["a"],
  joints: ["j"],
  policyRateHz: 20,
  rewardOffset: 5,
  canTerminate: false,
};

/** A step that says which one it is in every field that is learned from. */
export function counterStep(sequence: number): Step {
  return {
    sequence,
    episode: 0,
    index: sequence,
    timeNs: BigInt(sequence),
    observation: { counter: Float32Array.of(sequence), zeros: new Float32Array(2) },
    action: Float32Array.of(sequence - 1),
    command: new Float32Array(1),
    reward: sequence + 5,
    isFirst: sequence === 0,
    isLast: false,
    isTerminal: false,
    policyVersion: 0,
    intervened: false,
  };
}

export function counterRows(first: number, count: number): Uint8Array {
  const steps = Array.from({ length: count }, (_, i) => counterStep(first + i));
  return encodeSteps(stepLayout(SCHEMA), steps);
}

type Received<T extends LearnerMessage["type"]> = Extract<LearnerMessage, { type: T }> & {
  payloads: readonly Uint8Array[];
};

interface Rows {
  readonly gap?: boolean;
  readonly payload?: Uint8Array;
  readonly marks?: readonly WireMark[];
}

/** A robot's end of the wire, each message by hand. */
export class FakeRobot {
  readonly #dealer = new Dealer({ linger: 0 });
  readonly #received: { message: LearnerMessage; payloads: readonly Uint8Array[] }[] = [];
  readonly stream: string;
  #wake = () => {};
  #announced: LearnerMessage | undefined;
  #intake: PolicyIntake | undefined;

  constructor(endpoint: string, stream = "stream") {
    this.stream = stream;
    this.#dealer.connect(endpoint);
    void this.#receive();
  }

  async #receive(): Promise<void> {
    for await (const frames of this.#dealer) {
      const { message, payloads } = decodeMessage(frames);
      if (message.type === "weights") {
        this.#announced = message;
        this.#intake = new PolicyIntake(message.manifest, message);
      } else if (message.type === "part") await this.#takePart(message.policyVersion, message.index, payloads[0]!);
      else this.#received.push({ message: message as LearnerMessage, payloads });
      this.#wake();
    }
  }

  /** A whole policy is one message to whoever expects it, with its weights and its graph as payloads. */
  async #takePart(policyVersion: number, index: number, part: Uint8Array): Promise<void> {
    const whole = this.#intake!.add(index, part);
    if (whole !== undefined) this.#received.push({ message: this.#announced!, payloads: [whole.weights, whole.graph] });
    await this.#dealer.send(encodeMessage({ type: "got", policyVersion, index }));
  }

  async hello(change: Partial<Hello> = {}): Promise<void> {
    const schema = change.schema ?? SCHEMA;
    await this.#dealer.send(
      encodeMessage({
        type: "hello",
        protocol: PROTOCOL,
        robot: schema.robot,
        stream: this.stream,
        schema,
        schemaHash: schemaHash(schema),
        next: 0,
        lockstep: false,
        graphHash: "",
        policyVersion: 0,
        ...change,
      }),
    );
  }

  async rows(
    first: number,
    count: number,
    { gap = false, payload = counterRows(first, count), marks }: Rows = {},
  ): Promise<void> {
    const message = { type: "rows", stream: this.stream, first, count, gap, ...(marks && { marks }) } as const;
    await this.#dealer.send(encodeMessage(message, payload));
  }

  async send(...frames: Uint8Array[]): Promise<void> {
    await this.#dealer.send(frames);
  }

  /** The next message of this type that `fits`; those before it of other types are kept, of this type dropped. */
  async expect<T extends LearnerMessage["type"]>(
    type: T,
    fits: (message: Received<T>) => boolean = () => true,
    timeoutMs = 5000,
  ): Promise<Received<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      for (let i = 0; i < this.#received.length; i++) {
        const { message, payloads } = this.#received[i]!;
        if (message.type !== type) continue;
        this.#received.splice(i--, 1);
        const found = { ...message, payloads } as Received<T>;
        if (fits(found)) return found;
      }
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`expected "${type}" within ${timeoutMs} ms, found none`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** How many messages of a type wait to be looked at. */
  waiting(type: LearnerMessage["type"]): number {
    return this.#received.filter(({ message }) => message.type === type).length;
  }

  close(): void {
    this.#dealer.close();
  }
}
