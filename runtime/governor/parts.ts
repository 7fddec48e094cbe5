import { Exchange } from "./exchange.ts";
import { Helm } from "./helm.ts";
import { LoopTimes } from "./loop-times.ts";
import type { GovernorOptions } from "./options.ts";
import { Recorder } from "./recorder.ts";
import { Servo } from "./servo.ts";
import { Stance } from "./stance.ts";
import { Watchdogs } from "./watchdogs.ts";

/** What a governor is made of; each part knows of the others only what it is told. */
export interface Parts {
  readonly stance: Stance;
  readonly servo: Servo;
  readonly exchange: Exchange;
  readonly helm: Helm;
  readonly recorder: Recorder;
  readonly watchdogs: Watchdogs;
  readonly times: LoopTimes;
}

/** Throws on settings that are none. */
export function makeParts(options: GovernorOptions): Parts {
  const { spec, task, settings, sequence, episode } = options;
  const times = new LoopTimes();
  const servo = new Servo(options, times);
  const exchange = new Exchange(options, times);
  const recorder = new Recorder(task, sequence, episode);
  const stance = new Stance(options, (end) => {
    recorder.breakOff();
    exchange.forgive();
    if (end !== "hold") servo.letGo();
  });
  const helm = new Helm(task.action.length, settings.handoverTicks);
  return { stance, servo, exchange, helm, recorder, watchdogs: new Watchdogs(spec, options.watchdogs), times };
}

/** Why the machine must not move yet; undefined when nothing speaks against it. */
export function obstacle({ stance, watchdogs }: Parts): string | undefined {
  if (stance.sample?.estop === true) return "the machine's emergency stop is pressed";
  return watchdogs.blocking();
}
