import { Experience } from "../../learner/train/experience.ts";
import type { LinkHost } from "../../learner/train/link-host.ts";
import { LinkServer } from "../../learner/train/link-server.ts";
import type { Policy } from "../../learner/train/policy.ts";
import type { Step, StepSchema } from "../../runtime/step.ts";

/** A learner's end of the link with its log on the disk, and no training. */
export interface Intake {
  readonly endpoint: string;
  /** Every step that was taken, in order; replayed from the disk by whoever opens it again. */
  readonly steps: readonly Step[];
  readonly lines: readonly string[];
  /** To every robot that is there. */
  publish(policy: Policy): void;
  close(): Promise<void>;
}

export async function openIntake(
  directory: string,
  schema: StepSchema,
  endpoint = "tcp://127.0.0.1:*",
): Promise<Intake> {
  const steps: Step[] = [];
  const lines: string[] = [];
  let server: LinkServer | undefined;
  const experience = new Experience({
    images: true,
    directory,
    schema,
    capacity: 100_000,
    onRing: () => {},
    onStep: (step) => steps.push(step),
    onDurable: (stream, next) => server?.ack(stream, next),
    report: (line) => lines.push(line),
  });
  await experience.restore({});
  const host: LinkHost = {
    greet: async ({ stream, next }) => {
      const last = experience.last(stream, next);
      return { resume: experience.durable(stream), ...(last === undefined ? {} : { last }) };
    },
    joined: () => {},
    rows: (stream, first, payload, { images }) => experience.take(stream, first, payload, images),
    skipTo: (stream, first) => experience.skipTo(stream, first),
    next: (stream) => experience.next(stream),
    durable: (stream) => experience.durable(stream),
    knows: (stream) => experience.next(stream) > 0,
    report: (line) => lines.push(line),
  };
  server = await LinkServer.bind(endpoint, host);
  server.serve();
  return {
    endpoint: server.endpoint,
    steps,
    lines,
    publish: (policy) => server!.publish(policy),
    close: async () => {
      await server?.close();
      await experience.close();
    },
  };
}
