import type { Step } from "../../runtime/step.ts";
import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import { eachRunWithin } from "../../runtime/wire/stage-runs.ts";
import type { WireMark } from "../../runtime/wire/step-marks.ts";
import type { LearnerConfig } from "../config.ts";
import { type Hello, reasonToRefuse } from "./hello.ts";
import type { BesideRows, LinkHost, Taken, Welcomed } from "./link-host.ts";
import { LinkServer } from "./link-server.ts";
import { Turns } from "./lockstep.ts";
import type { Policy } from "./policy.ts";
import type { Publisher } from "./publish.ts";
import type { Records } from "./records.ts";
import type { Run } from "./run.ts";
import { StreamRecord, type StreamReport } from "./stream-record.ts";
import type { Wake } from "./wake.ts";

export interface RobotsOptions {
  readonly lockstep: boolean;
  readonly records: Records;
  readonly publisher: Publisher;
  /** Notified when there may be something to do. */
  readonly wake: Wake;
  /** The run; undefined before its first robot. */
  readonly run: () => Pick<Run, "schema" | "experience"> | undefined;
  /** The run's first robot is of that schema; the run is there when this resolves. */
  readonly found: (schema: Run["schema"]) => Promise<void>;
  readonly report: (line: string) => void;
}

/** The robots of a learner: their steps come in here, policies and, in lockstep, permits go out. */
export class Robots implements LinkHost {
  readonly #options: RobotsOptions;
  readonly #turns = new Turns();
  readonly #records = new Map<string, StreamRecord>();
  #nowSeconds = (): number => 0;
  #link: LinkServer | undefined;

  constructor(options: RobotsOptions) {
    this.#options = options;
  }

  /** Throws when the endpoint is not free. Robots wait for `serve`. */
  async bind(
    endpoint: string,
    nowMs: () => number,
    trust: LearnerTrust | undefined,
    nats: LearnerConfig["nats"],
  ): Promise<void> {
    this.#nowSeconds = () => nowMs() / 1000;
    this.#link = await LinkServer.bind(endpoint, this, nowMs, trust, nats);
  }

  /** Where it is bound, with the real port. */
  serve(): string {
    this.#link!.serve();
    return this.#link!.endpoint;
  }

  get count(): number {
    return this.#link?.robots ?? 0;
  }

  /** Every step of `stream` before `next` is on the disk. */
  ack(stream: string, next: number): void {
    this.#records.get(stream)?.durable(next, this.#nowSeconds());
    this.#link?.ack(stream, next);
  }

  /** A new step of a robot's was taken. */
  took(stream: string, step: Step): void {
    this.#records.get(stream)?.took(step);
  }

  /** Each robot that came since this process started, by stream. */
  streams(): Record<string, StreamReport> {
    const now = this.#nowSeconds();
    const isHere = (stream: string): boolean => this.#link?.isConnected(stream) ?? false;
    return Object.fromEntries(
      [...this.#records].map(([stream, record]) => [stream, record.report(isHere(stream), now)]),
    );
  }

  publish(policy: Policy): void {
    this.#link?.publish(policy);
  }

  /** Lockstep: the stream of the robot that has got where it was let go to; undefined while it has not. */
  get waiting(): string | undefined {
    const { stream } = this.#turns;
    return stream !== undefined && this.#turns.isLearners(this.next(stream)) ? stream : undefined;
  }

  /** Lockstep: lets the robot take so many more steps. */
  letGo(stream: string, steps: number): void {
    const through = this.next(stream) + steps;
    this.#turns.permit(through);
    this.#link?.permit(stream, through);
  }

  async greet(hello: Hello): Promise<Welcomed | { refuse: string }> {
    const { lockstep, run, found } = this.#options;
    const reason = reasonToRefuse(hello, { schema: run()?.schema, lockstep });
    if (reason !== undefined) return { refuse: reason };
    if (run() === undefined) await found(hello.schema);
    const last = this.#experience.last(hello.stream, hello.next);
    return { resume: this.durable(hello.stream), ...(last === undefined ? {} : { last }) };
  }

  joined(hello: Hello): void {
    const { lockstep, records, publisher, wake } = this.#options;
    this.report(`link: ${hello.schema.robot} joined`);
    const record = this.#records.get(hello.stream) ?? new StreamRecord();
    this.#records.set(hello.stream, record);
    record.joined(hello.datedFrom, this.#nowSeconds());
    records.stages.setDown(hello.downStage);
    publisher.startAfter(hello.policyVersion);
    if (publisher.current !== undefined) this.publish(publisher.current);
    if (lockstep) {
      this.#turns.join(hello.stream, hello.next);
      const { permitted } = this.#turns;
      if (permitted > this.next(hello.stream)) this.#link?.permit(hello.stream, permitted);
    }
    wake.notify();
  }

  rows(stream: string, first: number, payload: Uint8Array, { stages, marks, images, clock }: BesideRows): Taken {
    const { records, wake } = this.#options;
    const record = this.#records.get(stream);
    record?.arriving(clock, this.#nowSeconds());
    const from = this.next(stream);
    const taken = this.#experience.take(stream, first, payload, images);
    const next = this.next(stream);
    if (taken === "gap") record?.gap();
    else if (taken === "taken") record?.resent(this.#experience.rowsIn(payload) - (next - from));
    eachRunWithin(stages, first, [from, next], (stage, steps) => records.stages.add(stage, steps));
    if (taken === "taken") {
      // Before any of these rows is on the disk, so that a row that need not come again has its marks.
      const isHere = ([sequence]: WireMark) => sequence >= first && sequence < next;
      records.marks.add(stream, marks.filter(isHere));
    }
    wake.notify();
    return taken;
  }

  skipTo(stream: string, first: number): void {
    this.#records.get(stream)?.gap(first - this.next(stream));
    this.#experience.skipTo(stream, first);
  }

  next(stream: string): number {
    return this.#experience.next(stream);
  }

  durable(stream: string): number {
    return this.#experience.durable(stream);
  }

  knows(stream: string): boolean {
    return Object.hasOwn(this.#options.run()?.experience.streams() ?? {}, stream);
  }

  report(line: string): void {
    this.#options.report(line);
  }

  get #experience(): Run["experience"] {
    return this.#options.run()!.experience;
  }

  /** Twice does no harm. */
  async close(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }
}
