import type { RobotDefinition } from "../../robots/definition.ts";
import type { DriverSettings } from "../defaults.ts";
import type { Latched } from "../governor/stance.ts";
import { forkSupervisor } from "../supervisor/fork.ts";
import type { RobotStatus } from "../supervisor/status.ts";
import { stillLatched } from "../supervisor/still-latched.ts";
import type { TrustOptions } from "../trust/trust.ts";
import { emulatedMachine } from "./emulated-machine.ts";
import { robotSafety } from "./failures/robot-safety.ts";
import type { KeeperOptions, Part } from "./keeper.ts";
import type { Controls } from "./keyboard/controls.ts";
import type { RobotSettings } from "./robot-settings.ts";
import type { Screen } from "./screen.ts";

export interface RobotStart {
  readonly definition: RobotDefinition;
  readonly settings: RobotSettings;
  /** Run directory. */
  readonly run: string;
  /** Endpoint of the learner, asked at every start. */
  readonly learner: () => string;
  /** Which keys to use; absent: none. */
  readonly trust?: TrustOptions;
  /** A policy bundle to act with, without a learner. */
  readonly play?: string;
  /** Ends by itself after so many steps, those after a restart included; 0: never. */
  readonly steps: number;
  /** What people order, and have ordered. */
  readonly controls: Controls;
  /** Ask the system for what keeps the loop on time. */
  readonly realtime: boolean;
}

/** What a robot needs to run, in the order in which it starts: what stands in for the machine, where it is emulated, and its processes. */
export function robotParts(start: RobotStart, screen: Screen): readonly Omit<KeeperOptions, "note">[] {
  const { definition, settings } = start;
  const machine = settings.driver === "mock" ? emulatedMachine(definition, settings) : undefined;
  const robot = { name: "robot", stopMs: 30_000, start: robotStarter(start, screen, machine?.reached) };
  return machine === undefined ? [robot] : [machine.part, robot];
}

/** A function that starts the robot's processes, and starts them again with the steps that are left. `reached`: settings that say where the machine is, asked at every start. */
function robotStarter(
  start: RobotStart,
  screen: Screen,
  reached: () => Partial<DriverSettings> = () => ({}),
): () => Part {
  const { definition, settings, run, learner, trust = {}, play, steps, controls, realtime } = start;
  const clock = settings.clock === "lockstep" ? "lockstep" : "realtime";
  const page = robotSafety(definition, settings);
  let taken = 0;
  let started = false;
  let latched: Latched | undefined;
  return () => {
    if (!started) screen.safety(page);
    started = true;
    let shown: RobotStatus | undefined;
    const show = (status: RobotStatus) => {
      if (status !== shown) screen.robot(status);
      shown = status;
      if (clock === "realtime") latched = stillLatched(latched, status);
      controls.see(status);
    };
    const left = steps === 0 ? 0 : Math.max(1, steps - taken);
    const kept = { ...(play === undefined ? {} : { play }), ...(latched === undefined ? {} : { latched }) };
    const supervisor = forkSupervisor(
      { ...settings, ...reached(), clock, run, learner: learner(), trust, ...kept, steps: left, realtime },
      { onStatus: show, onNote: (text) => screen.note(text) },
    );
    controls.connect(supervisor.order);
    const ended = supervisor.ended.then(({ reason, failure, status }) => {
      taken += status.steps;
      show(status);
      const overByOrder = clock === "lockstep" && controls.stopped; // virtual time waits for nobody to reset it
      return { failure, final: reason === "refused" || status.steps === 0 || overByOrder };
    });
    return { ready: supervisor.ready, ended, stop: () => void supervisor.stop(), kill: supervisor.kill };
  };
}
