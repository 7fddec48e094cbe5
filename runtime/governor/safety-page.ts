import type { RuntimeConfig } from "../defaults.ts";
import type { Cause, ImageSpec, JointSpec, RobotSpec } from "../robot.ts";
import type { Task } from "../task.ts";
import { endStateFor } from "./endings.ts";
import { WATCHDOGS, type WatchdogName, type WatchdogSetting } from "./watchdogs.ts";

/**
 * One page for a person: which limits are active, what is watched, and what every failure does and by when. `measured`: two
 * columns, what failures came to on this computer.
 */
export function safetyPage(
  spec: RobotSpec,
  task: Task,
  runtime: RuntimeConfig,
  measured: readonly (readonly [name: string, what: string])[] = [],
): string[] {
  return [
    `${spec.name}: the last code before the motors, at every servo tick (${spec.servoRateHz} a second)`,
    ...table(limitRows(spec, task)),
    "",
    "what is watched",
    ...table(watchRows(spec, runtime.watchdogs)),
    "",
    "what a failure does",
    ...table(failureRows(spec, runtime)),
    "",
    "measured here, with the robot's own settings",
    ...(measured.length > 0
      ? table(measured)
      : [`  not measured on this computer: reverie bench failures --robot ${spec.name}`]),
  ];
}

function limitRows({ joints }: RobotSpec, { maxPositionError, filterHz }: Task): string[][] {
  const all = (value: (joint: JointSpec) => number, unit: string): string => {
    const values = joints.map(value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low === high ? `${round(low)} ${unit}` : `${round(low)} to ${round(high)} ${unit}, by joint`;
  };
  const force = Math.max(...joints.map(({ kp }) => kp)) * maxPositionError;
  return [
    ["not finite", "refused, never clamped: nothing is sent, and that is a fault"],
    ["low-pass", filterHz === 0 ? "OFF: the task has none" : `${filterHz} Hz, on the policy's targets`],
    ["velocity", `${all((joint) => joint.velocityLimit, "rad/s")}, from the command before`],
    ["acceleration", all((joint) => joint.accelerationLimit, "rad/s²")],
    [
      "distance",
      Number.isFinite(maxPositionError)
        ? `${maxPositionError} rad from the measured joint, which bounds the controller to ${round(force)} N·m`
        : "OFF: the task allows any distance from the measured joint",
    ],
    ["effort", all((joint) => joint.effortLimit, "N·m")],
    ...ranges(joints).map(([names, range]) => [`position`, `${range} rad: ${names}`]),
  ];
}

/** Joints of equal range together. */
function ranges(joints: readonly JointSpec[]): [names: string, range: string][] {
  const groups = new Map<string, string[]>();
  for (const { name, min, max, softMargin } of joints) {
    const range = `${round(min + softMargin)} … ${round(max - softMargin)}`;
    groups.set(range, [...(groups.get(range) ?? []), name]);
  }
  return [...groups].map(([range, names]) => [names.join(", "), range]);
}

function watchRows(spec: RobotSpec, settings: RuntimeConfig["watchdogs"]): string[][] {
  const { watch } = spec;
  const limit: Record<WatchdogName, string | undefined> = {
    sample: `older than ${watch.sampleAge * 1000} ms, from the past, not finite, or ${watch.beyondLimits} rad beyond the limits`,
    tracking: watch.tracking === null ? undefined : `${watch.tracking} rad from its target`,
    temperature: watch.temperature === null ? undefined : `above ${watch.temperature} °C`,
    voltage: watch.voltage === null ? undefined : `below ${watch.voltage} V`,
    current: watch.current === null ? undefined : `above ${watch.current} A`,
    tilt: watch.tilt === null ? undefined : `above ${watch.tilt.limit} rad`,
    workspace:
      watch.workspace === null ? undefined : `tool outside [${watch.workspace.min}] … [${watch.workspace.max}] m`,
    camera: spec.images?.map(imageWords).join("; "),
    overrun: `${settings.overrun.ticks} servo ticks missed in a row`,
    surprise: `${settings.surprise.times} × the ${settings.surprise.share * 100} % quantile of before`,
  };
  return WATCHDOGS.map((name) => {
    const setting: WatchdogSetting = settings[name];
    const what = limit[name];
    if (what === undefined) return [name, "not watched: this robot sets no limit"];
    if (setting.trip === "off") return [name, `OFF by setting (${what})`];
    const after = setting.holdOffMs > 0 ? ` for ${setting.holdOffMs} ms` : "";
    return [name, `${what}${after} → ${outcome(spec, setting.trip, name)}`];
  });
}

function imageWords({ name, watch: { age, frozen, rate, brightness } }: ImageSpec): string {
  const words = [
    `none or older than ${age * 1000} ms`,
    ...(frozen === null ? [] : [`the same for ${frozen * 1000} ms`]),
    ...(rate === null ? [] : [`fewer than ${rate} a second`]),
    ...(brightness === null ? [] : [`darker than ${brightness} of 255`]),
  ];
  return `${name}: ${words.join(", ")}`;
}

/** An arm that is not let go in the air says so. */
function endWords(spec: RobotSpec, cause: Cause): string {
  const end = endStateFor(spec, cause);
  const airborne = endStateFor(spec, cause, new Float64Array(spec.joints.length).fill(Number.POSITIVE_INFINITY));
  return end === airborne ? `"${end}"` : `"${airborne}" (in the rest pose "${end}")`;
}

function outcome(spec: RobotSpec, trip: string, cause: Cause): string {
  if (trip === "warn") return "a warning";
  const end = endWords(spec, cause);
  return trip === "hold" ? `${end} until it is over` : `${end}, latched until a person resets it`;
}

function failureRows(spec: RobotSpec, { governor, supervisor }: RuntimeConfig): string[][] {
  const tick = 1000 / spec.servoRateHz;
  const period = 1000 / spec.policyRateHz;
  const silent = governor.starvedTicksToHold * period + tick;
  const useless = governor.refusedToHold * period + tick;
  const end = (cause: Cause): string => endWords(spec, cause);
  return [
    ["policy late", "the last target stays in force"],
    ["policy silent", `${end("policy")} within ${round(silent)} ms of the question; goes on when it answers`],
    ["policy died", `${end("policy")} within ${round(2 * tick)} ms of its death being known; it is started again`],
    ["policy not finite", `refused; ${end("policy")} within ${round(useless)} ms`],
    ["driver fails", `${end("driver")} at once, latched; hardware stays there until the run is started again`],
    ["driver blocks", `as a governor that hangs: a read or write that does not return holds up its loop`],
    [
      "governor dies",
      `${end("governor")} by a process that stands by; hardware stays there until the run is started again`,
    ],
    ["governor hangs", `killed after ${supervisor.governorHangMs} ms, then the same`],
    ["supervisor dies", `${end("stop")} by the governor, at its next servo tick`],
    ["supervisor hangs", `${end("policy")} within ${round(silent)} ms: no answer comes through`],
    [
      "joint out of range",
      `seen at the start: nothing moves, and its name is said, until it is moved back by hand or calibrated`,
    ],
    ["link, learner die", "nothing: the robot goes on with the policy it has, and keeps its steps"],
    ["emergency stop", `${end("estop")} within ${round(tick)} ms, latched until a person resets it`],
    ["Ctrl-C, SIGTERM", spec.rest === undefined ? `${end("stop")}, in order` : `to the rest pose, then ${end("stop")}`],
  ];
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Two columns; the first as wide as it must be. */
function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first!.length));
  return rows.map(([first, second]) => `  ${first!.padEnd(width)}  ${second}`);
}
