import type { CameraSpec } from "../../drivers/sim/camera/viewpoint.ts";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { VirtualClock } from "../clock.ts";
import { Governor } from "../governor/governor.ts";
import { Inbox } from "../governor/inbox.ts";
import { addTallies, NO_STEPS, type Tally, tallyStep } from "../governor/tally.ts";
import { Policy } from "../policy/policy.ts";
import type { Driver } from "../robot.ts";
import { stepSchema } from "../step.ts";
import type { PolicyBundle } from "../wire/bundle.ts";
import type { RobotSettings } from "./robot-settings.ts";

/** Where a robot's model names no camera: from the side, at what stands in the origin. */
const SIDE_VIEW: CameraSpec = { position: [1, -1.5, 0.8], target: [0, 0, 0.2], fieldOfView: 40 };

export interface FilmOptions {
  readonly definition: RobotDefinition;
  readonly settings: RobotSettings;
  readonly bundle: PolicyBundle;
  /** Step at which it begins. */
  readonly from: number;
  /** Robot time, s. */
  readonly seconds: number;
  readonly fps: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Gets each picture, uint8 height × width × 3, which the next overwrites. */
  readonly onPicture: (picture: Uint8Array) => void;
}

/**
 * Acts with a policy in the simulation, in this process, and takes pictures of it. The robot does just what `play` does in
 * lockstep with the same seed. Resolves to what the steps that were filmed came to.
 */
export async function film({ definition, settings, bundle, ...options }: FilmOptions): Promise<Tally> {
  const { spec } = definition;
  const task = definition.task(settings.task);
  const model = definition.simulation(settings.task);
  const clock = new VirtualClock();
  const driver = new SimDriver(spec, model, clock);
  const policy = new Policy(stepSchema(spec, task), settings.seed, "from step 0", settings.runtime.policy);
  const { from, seconds, fps, width, height, onPicture } = options;
  const inbox = new Inbox();
  inbox.permit(Number.POSITIVE_INFINITY);
  const stop = new AbortController();
  let next = 0;
  let tally = NO_STEPS;
  let failure: Error | undefined;
  try {
    await policy.accept(bundle);
    await driver.open();
    const take = driver.camera(model.camera ?? SIDE_VIEW, { width, height, shadows: true, antialias: true });
    const governor = new Governor({
      spec,
      task,
      driver: filmed(driver, clock, {
        begun: () => next >= from,
        fps,
        count: Math.round(seconds * fps),
        take: () => onPicture(take()),
      }),
      clock,
      inbox,
      ask: (question) => {
        policy.answer(question).then(
          (answer) => inbox.deliver(answer),
          (error: Error) => {
            failure = error;
            stop.abort();
          },
        );
      },
      onStep: ({ sequence, reward }, { stage, speed }) => {
        next = sequence + 1;
        if (sequence >= from) tally = addTallies(tally, tallyStep(reward, stage, speed));
      },
      report: () => {},
      settings: settings.runtime.governor,
      watchdogs: settings.runtime.watchdogs,
      lockstep: true,
      sequence: 0,
      episode: 0,
      steps: from + Math.round(seconds * spec.policyRateHz),
    });
    await governor.run(stop.signal);
  } finally {
    await driver.close();
    await policy.close();
  }
  if (failure !== undefined) throw failure;
  return tally;
}

/** The driver, with `count` pictures, 1/fps of its time apart, from the first read on at which `begun` holds. */
function filmed(
  driver: Driver,
  clock: VirtualClock,
  { begun, fps, count, take }: { begun: () => boolean; fps: number; count: number; take: () => void },
): Driver {
  let start: bigint | undefined;
  let taken = 0;
  return {
    open: () => driver.open(),
    read: async () => {
      const sample = await driver.read();
      if (begun()) start ??= clock.now();
      for (; start !== undefined && taken < count && Number(clock.now() - start) * fps >= taken * 1e9; taken++) take();
      return sample;
    },
    write: (command) => driver.write(command),
    relax: (end) => driver.relax(end),
    close: () => driver.close(),
  };
}
