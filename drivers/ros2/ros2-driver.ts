import type { Clock } from "../../runtime/clock.ts";
import type { Driver, EndState, JointCommand, RobotSpec, Sample } from "../../runtime/robot.ts";
import { assertCommand, copyCommand, emptyCommand } from "../sim/command.ts";
import type { Ros2Config } from "./config.ts";
import { Controllers } from "./controllers.ts";
import { type Devices, devicesOf } from "./devices.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { Listener } from "./listener.ts";
import { loadCodecs } from "./messages/codec.ts";
import type { Output } from "./output/output.ts";
import { outputOf } from "./output/output-of.ts";
import { ROS2_DEFAULTS, type Ros2Settings } from "./settings.ts";
import type { CompressedImageStates, Picture } from "./state/picture.ts";
import type { Publish, Topic, Transport } from "./transport.ts";

export interface Ros2DriverOptions {
  readonly spec: RobotSpec;
  readonly config: Ros2Config;
  readonly transport: Transport;
  readonly clock: Clock;
  /** One line for a person. */
  readonly report: (text: string) => void;
  /** Unix time, ms. */
  readonly wallMs: () => number;
}

const DIAGNOSTICS = "diagnostic_msgs/msg/DiagnosticArray";
type DiagnosticsType = typeof DIAGNOSTICS;

/**
 * Any machine on ROS 2. Samples are the newest message of every topic, as old as the oldest of them; messages that cannot be
 * used are refused by name, so that the sample ages and the watchdog of samples acts. Commands that cannot go out, because
 * the connection is lost, are not kept for later; an end state that could not is brought about as soon as it can.
 */
export class Ros2Driver implements Driver {
  readonly #options: Ros2DriverOptions;
  readonly #settings: Ros2Settings;
  readonly #devices: Devices;
  readonly #output: Output;
  readonly #controllers: Controllers | undefined;
  #listener: Listener;
  #open = false;
  #publishDiagnostics: Publish<DiagnosticsType> | undefined;
  #timers: NodeJS.Timeout[] = [];
  #repeating: NodeJS.Timeout | undefined;
  /** What the machine follows as far as we know; the wire's rounding included. */
  readonly #followed: JointCommand;
  readonly #sent: JointCommand;
  #following = false;
  #ending: EndState | undefined;
  /** The pose an end state keeps, taken when it began; undefined where it is not known. */
  #pose: JointCommand | undefined;
  /** Something was asked of the machine since `open`. */
  #moved = false;
  #counts = { sent: 0, lost: 0 };
  #losing = false;

  /** Throws on a configuration that does not fit the robot. */
  constructor(options: Ros2DriverOptions) {
    const { spec, config, transport, report } = options;
    this.#options = options;
    this.#settings = { ...ROS2_DEFAULTS, ...config.settings };
    this.#devices = devicesOf(spec, config, report);
    this.#output = outputOf(spec, config, this.#settings.trajectoryPeriods);
    const { controllers } = config;
    this.#controllers = controllers === undefined ? undefined : new Controllers(controllers, transport, this.#settings);
    this.#listener = this.#makeListener();
    this.#followed = emptyCommand(spec.joints.length);
    this.#sent = emptyCommand(spec.joints.length);
  }

  async prepare(): Promise<void> {
    const heard = this.#listener.intakes.map(({ device }) => device.topic.type);
    loadCodecs([...heard, this.#output.type, DIAGNOSTICS]);
    await this.#options.transport.prepare?.();
  }

  /** Subscribes and advertises; the first sample is waited for by the first read. Switches no controller. */
  async open(): Promise<void> {
    if (this.#open) return;
    const { report, transport } = this.#options;
    const { diagnosticsMs, diagnosticsTopic, silentMs } = this.#settings;
    await this.prepare();
    await transport.open(() => {
      this.#returned().catch((error: Error) => report(error.message));
    });
    try {
      this.#listener = this.#makeListener();
      this.#output.advertise(transport);
      const topic: Topic<DiagnosticsType> = { name: diagnosticsTopic, type: DIAGNOSTICS, qos: "command" };
      if (diagnosticsMs > 0) this.#publishDiagnostics = transport.advertise(topic);
      this.#listener.subscribe(transport);
    } catch (error) {
      await transport.close();
      throw error;
    }
    this.#open = true;
    this.#moved = false;
    this.#controllers?.forget();
    this.#timers = [setInterval(() => this.#listener.listen(), silentMs / 2)];
    if (diagnosticsMs > 0) this.#timers.push(setInterval(() => this.#diagnose(), diagnosticsMs));
    for (const timer of this.#timers) timer.unref();
  }

  /** The first waits until every topic has spoken, or throws, naming those that did not. */
  async read(): Promise<Sample> {
    this.#assertOpen();
    if (!this.#listener.ready) await this.#listener.first();
    return this.#listener.sample();
  }

  /** The first activates the controllers, for which it waits. Returns what the machine follows also when nothing went out. */
  async write(command: JointCommand): Promise<JointCommand> {
    this.#assertOpen();
    assertCommand(this.#options.spec, command);
    this.#moved = true;
    if (this.#controllers !== undefined && this.#controllers.active !== true && this.#options.transport.connected) {
      await this.#controllers.switch(true);
    }
    this.#stopRepeating();
    this.#ending = undefined;
    this.#pose = undefined;
    if (this.#count(this.#output.send(command, this.#sent))) {
      copyCommand(this.#sent, this.#followed);
      this.#following = true;
    } else if (this.#following) copyCommand(this.#followed, this.#sent);
    else copyCommand(this.#limp(), this.#sent);
    return this.#sent;
  }

  async relax(end: EndState): Promise<void> {
    if (!this.#open) return;
    this.#moved = true;
    if (this.#ending !== end || this.#pose === undefined) this.#pose = this.#following ? this.#held() : this.#here();
    this.#ending = end;
    this.#following = false;
    await this.#bringAbout(end);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    const { report, transport } = this.#options;
    if (this.#moved) {
      await this.relax("limp").catch((error: Error) => report(`at the end: ${error.message}`));
    }
    this.#stopRepeating();
    for (const timer of this.#timers) clearInterval(timer);
    this.#open = false;
    this.#ending = undefined;
    this.#pose = undefined;
    this.#following = false;
    await transport.close();
  }

  /** The newest picture of an image topic; undefined before there is one. Throws on a name that is none. */
  picture(name: string): Picture | CompressedImageStates["newest"] {
    const images = this.#devices.images;
    const image = Object.hasOwn(images, name) ? images[name]! : undefined;
    if (image === undefined) {
      throw new Error(`ros2.images: expected one of ${Object.keys(images).join(", ") || "none"}, found "${name}"`);
    }
    return "picture" in image ? image.picture : image.newest;
  }

  async #bringAbout(end: EndState): Promise<void> {
    const { report, transport } = this.#options;
    const able = this.#output.can(end);
    this.#stopRepeating();
    if (!transport.connected) {
      report(`${transport.name} is not connected: "${end}" as soon as it is`);
      return;
    }
    if (this.#controllers !== undefined && !able) {
      try {
        await this.#controllers.switch(false);
        return;
      } catch (error) {
        this.#repeat("hold");
        throw error;
      }
    }
    if (this.#controllers !== undefined && end === "hold") await this.#controllers.switch(true);
    if (!able) report(`${this.#output.topic} can only hold: "${end}" becomes "hold"`);
    this.#repeat(able ? end : "hold");
  }

  /** Says it now, and again until there is a command: some machines stop by themselves when nothing comes. */
  #repeat(wanted: EndState): void {
    const { report, spec } = this.#options;
    this.#stopRepeating();
    let end = wanted;
    if (end === "hold" && this.#pose === undefined) {
      const able = this.#output.can("damp");
      report(`${spec.name}: "hold" without a fresh pose: ${able ? "damped" : "left to its last command"} instead`);
      if (!able) return;
      end = "damp";
    }
    const pose = this.#pose ?? this.#gains(new Float64Array(spec.joints.length));
    this.#count(this.#output.end(end, pose));
    this.#repeating = setInterval(() => this.#output.end(end, pose), this.#settings.repeatMs);
    this.#repeating.unref();
  }

  #stopRepeating(): void {
    clearInterval(this.#repeating);
    this.#repeating = undefined;
  }

  /** A lost connection is there again. Nothing is commanded anew but an end state. */
  async #returned(): Promise<void> {
    this.#controllers?.forget();
    const end = this.#ending;
    if (end === undefined) return;
    const pose = end === "hold" ? await this.#poseAnew(this.#pose) : this.#pose;
    if (!this.#open || this.#ending !== end) return; // something else was asked for meanwhile
    this.#pose = pose;
    await this.#bringAbout(end);
  }

  /** Where a machine is to be held that was out of reach: who moved it meanwhile must not see it jump back. */
  async #poseAnew(pose: JointCommand | undefined): Promise<JointCommand | undefined> {
    const { clock, report, spec } = this.#options;
    await this.#listener.measuredAfter(clock.now());
    const here = this.#here();
    if (pose === undefined || here === undefined) return here;
    const apart = Math.max(...here.position.map((position, i) => Math.abs(position - pose.position[i]!)));
    if (apart <= this.#settings.heldWithin) return pose;
    report(`${spec.name}: moved by ${apart.toFixed(2)} rad while it was out of reach: held where it is now`);
    return here;
  }

  #count(sent: boolean): boolean {
    this.#counts[sent ? "sent" : "lost"]++;
    if (sent === this.#losing) {
      this.#losing = !sent;
      const what = sent ? "commands go out again" : "commands do not go out";
      this.#options.report(`${this.#options.transport.name}: ${what}`);
    }
    return sent;
  }

  /** The command that is followed, to be kept. */
  #held(): JointCommand {
    return copyCommand(this.#followed, emptyCommand(this.#options.spec.joints.length));
  }

  /** The measured pose with the robot's gains; undefined where it was not measured lately. */
  #here(): JointCommand | undefined {
    const { clock, spec } = this.#options;
    const { measuredNs } = this.#listener;
    if (measuredNs === undefined || Number(clock.now() - measuredNs) / 1e9 > spec.watch.sampleAge) return undefined;
    return this.#gains(this.#devices.measured.position.slice());
  }

  #gains(position: Float64Array): JointCommand {
    const { joints } = this.#options.spec;
    return { position, kp: Float64Array.from(joints, ({ kp }) => kp), kd: Float64Array.from(joints, ({ kd }) => kd) };
  }

  /** What a machine that follows nothing follows: no force, where it is. */
  #limp(): JointCommand {
    return { ...emptyCommand(this.#options.spec.joints.length), position: this.#devices.measured.position };
  }

  #diagnose(): void {
    const { clock, spec, transport, wallMs } = this.#options;
    const doing = this.#ending ?? (this.#following ? "follows" : "waits");
    const { connected, name } = transport;
    const state = { robot: spec.name, transport: name, connected, doing, ...this.#counts };
    this.#publishDiagnostics?.(diagnosticsOf(state, this.#listener.intakes, clock.now(), wallMs()));
  }

  #makeListener(): Listener {
    const { clock, config, report } = this.#options;
    const estopSilentMs = config.estop?.silentMs;
    return new Listener({ devices: this.#devices, estopSilentMs, clock, settings: this.#settings, report });
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error(`${this.#options.spec.name} over ${this.#options.transport.name}: not open`);
  }
}
