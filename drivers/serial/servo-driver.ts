import type { Clock } from "../../runtime/clock.ts";
import type { Driver, EndState, JointCommand, Sample } from "../../runtime/robot.ts";
import { assertCommand, copyCommand } from "../sim/command.ts";
import { SERIAL_DEFAULTS, type ServoDriverSettings } from "./defaults.ts";
import { measureAll, meetChain } from "./meet-chain.ts";
import { relaxWhoAnswers } from "./relax-who-answers.ts";
import { errorNames, type RawHealth } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";
import {
  acceptReplies,
  assertInRange,
  beginSession,
  countsHere,
  markDown,
  type ServoMachine,
  type ServoSession,
} from "./servo-session.ts";

export interface ServoDriverOptions extends ServoMachine {
  /** From calibration, one a joint in the spec's order, asked for at each opening. Throws where there is none. */
  joints(): Promise<readonly ServoJoint[]>;
  /** Of that calibration; by default none that anybody asks for. */
  readonly calibrationHash?: string;
  readonly clock: Clock;
  readonly settings?: Partial<ServoDriverSettings>;
  /** A line for a person when something is not as it should be, and when it is again. */
  readonly report?: (line: string) => void;
}

/** Tries of what has to succeed at opening. */
const OPENING_TRIES = 5;
/** Between two attempts to meet the servos of a bus that came back, ns. */
const MEET_AGAIN_NS = 500_000_000n;

/**
 * A machine of smart servos on one bus. A tick is one sync read of position, velocity and load, one sync write of goals,
 * and in their shadow a look at the health of one servo. The servos follow goals with gains of their own: kp and kd of a
 * command are checked and not sent.
 *
 * Once open, nothing on the bus makes a call throw: a reply that is damaged, missing or cannot be true leaves the joint's
 * last sample, which ages, and the governor's watchdog judges. The same holds for the whole bus while it is lost, and for a
 * servo whose motor went out by itself. A bus that comes back is met anew and brought to the end state asked for meanwhile.
 *
 * "damp" brakes where the servos can (Dynamixel: derivative gain alone) and otherwise lets go, with the gears' own friction.
 */
export class ServoDriver implements Driver {
  readonly #options: ServoDriverOptions;
  readonly #settings: ServoDriverSettings;
  readonly #report: (line: string) => void;
  #session: ServoSession | undefined;
  /** Whether the servos were met since the bus was last lost, and not before when to try it again. */
  #met = false;
  #meeting: Promise<void> | undefined;
  #meetAgainNs = 0n;
  /** The motors follow goals from `write`. */
  #following = false;
  /** The end state in force, or asked for while the bus was lost. */
  #end: EndState | undefined;
  /** Orders to the motors, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #looking: Promise<void> | undefined;
  /** Changes with every order to the motors; a look at a servo that began before says nothing of it. */
  #orders = 0;
  #wroteSinceRead = false;
  #ticks = 0;

  constructor(options: ServoDriverOptions) {
    this.#options = options;
    this.#settings = { ...SERIAL_DEFAULTS.driver, ...options.settings };
    this.#report = (line) => options.report?.(`${options.spec.name}: ${line}`);
  }

  get calibrationHash(): string {
    return this.#options.calibrationHash ?? "";
  }

  get calibrated(): readonly { readonly min: number; readonly max: number }[] {
    return this.#session?.joints ?? [];
  }

  /**
   * Moves nothing and lets nothing go: a motor that carries a load goes on doing so. Throws with the servo and what is
   * wrong with it when one is missing, is another one, or cannot be set up, and when the robot is not calibrated.
   */
  async open(): Promise<void> {
    if (this.#session !== undefined) return;
    const { spec, bus } = this.#options;
    const joints = await this.#options.joints();
    if (joints.length !== spec.joints.length) {
      throw new Error(`${spec.name}: expected a calibration of ${spec.joints.length} joints, found ${joints.length}`);
    }
    await bus.open();
    this.#session = beginSession(this.#options, joints, this.#settings, {
      onTrouble: (who, what) => this.#report(`${who}: ${what}`),
      onLook: (joint, who, health) => this.#judge(joint, who, health),
    });
    try {
      await this.#meet(this.#settings.openingMs);
    } catch (error) {
      this.#session = undefined;
      await bus.close();
      throw error;
    }
    bus.line.onState = (state, reason) => {
      if (state === "lost") this.#met = false;
      if (state !== "closed") this.#report(`the bus on ${bus.line.name} is ${state}: ${reason}`);
    };
  }

  async read(): Promise<Sample> {
    const session = this.#opened();
    const { bus, clock, family } = this.#options;
    const timeNs = clock.now();
    if (!this.#met) this.#meetInTime(timeNs);
    else if (await bus.syncRead(session.asked.ids, family.state.address, family.state.size, session.replies)) {
      acceptReplies(session, this.#options, timeNs);
    }
    if (!this.#wroteSinceRead) this.#look(session);
    this.#wroteSinceRead = false;
    return session.states.sample();
  }

  /** While the bus is lost nothing is sent, and what was sent last is returned. */
  async write(command: JointCommand): Promise<JointCommand> {
    const session = this.#opened();
    const { spec } = this.#options;
    assertCommand(spec, command);
    if (!this.#met) return session.sent;
    const { joints, counts, sent, motors } = session;
    for (let i = 0; i < joints.length; i++) counts[i] = joints[i]!.toCounts(command.position[i]!);
    if (this.#following) await motors.follow(counts);
    else await this.#inTurn(() => this.#engage(session));
    copyCommand(command, sent);
    for (let i = 0; i < joints.length; i++) sent.position[i] = joints[i]!.toRadians(counts[i]!);
    this.#wroteSinceRead = true;
    this.#look(session);
    return sent;
  }

  async relax(end: EndState): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#following = false;
    this.#end = end;
    if (this.#met) await this.#inTurn(() => this.#bringTo(session, end));
    else this.#report(`the bus is lost: brought to "${end}" when it is back`);
  }

  async relaxReachable(end: EndState): Promise<void> {
    if (this.#session !== undefined) return this.relax(end);
    const { bus, joints } = this.#options;
    const all = await joints();
    await bus.open();
    try {
      await relaxWhoAnswers(this.#options, all, end, this.#settings, this.#report);
    } finally {
      await bus.close();
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const { bus } = this.#options;
    this.#following = false;
    this.#end = "limp";
    if (this.#met) await this.#inTurn(() => this.#bringTo(session, "limp"));
    this.#session = undefined;
    this.#end = undefined;
    this.#met = false;
    bus.line.onState = () => {};
    await bus.close();
    await this.#meeting;
    await this.#looking;
  }

  #opened(): ServoSession {
    if (this.#session === undefined) throw new Error(`${this.#options.spec.name}: not open`);
    return this.#session;
  }

  /** Everybody is there, set up and measured. */
  async #meet(patienceMs = 0): Promise<void> {
    const session = this.#opened();
    const { clock } = this.#options;
    const { states, motors, sent } = session;
    const untilNs = clock.now() + BigInt(Math.round(patienceMs * 1e6));
    const met = await meetChain(session, this.#options, clock, untilNs, this.#report);
    await measureAll(session, this.#options, clock, untilNs, OPENING_TRIES);
    for (const [i, { motor, undamped, goal }] of met.entries()) {
      if (!this.#following) motors.met(i, motor, undamped, goal);
      else if (motor !== "on") motors.lost(i);
    }
    if (!this.#following) sent.position.set(states.position);
    await session.health.all(OPENING_TRIES);
    this.#met = true;
  }

  /** Begins to meet the servos of a bus that came back, in the background, now and then. */
  #meetInTime(nowNs: bigint): void {
    if (this.#meeting !== undefined || nowNs < this.#meetAgainNs || this.#options.bus.line.state !== "open") return;
    this.#meetAgainNs = nowNs + MEET_AGAIN_NS;
    this.#meeting = this.#comeBack()
      .catch((error: Error) => this.#report(error.message))
      .finally(() => {
        this.#meeting = undefined;
      });
  }

  async #comeBack(): Promise<void> {
    await this.#meet();
    const session = this.#session;
    if (session === undefined) return;
    this.#report("all servos answer again");
    if (this.#following) markDown(session);
    else if (this.#end !== undefined) await this.#bringAgain(session);
  }

  async #engage(session: ServoSession): Promise<void> {
    assertInRange(session, this.#options.spec, this.#settings.outsideRange);
    this.#orders++;
    this.#end = undefined;
    this.#following = true;
    await session.motors.engage(session.counts);
    markDown(session);
  }

  async #bringTo(session: ServoSession, end: EndState): Promise<void> {
    this.#orders++;
    await session.motors.relax(end, countsHere(session));
    if (end === "hold" || end === "stop") markDown(session);
    else session.down.fill(0);
  }

  /** A servo is there again: to the end state in force, unless the motors follow commands meanwhile. */
  #bringAgain(session: ServoSession): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#following || this.#end === undefined || !this.#met || session !== this.#session) return;
      await this.#bringTo(session, this.#end);
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** One servo's health, at most one at a time and not in every tick. */
  #look(session: ServoSession): void {
    if (this.#looking !== undefined || !this.#met || this.#ticks++ % this.#settings.healthEveryTicks !== 0) return;
    const orders = this.#orders;
    this.#looking = session.health
      .next(() => orders !== this.#orders)
      .finally(() => {
        this.#looking = undefined;
      });
  }

  /** Whether a motor still does what it was told. */
  #judge(joint: number, name: string, { torque, errors, watchdogTripped }: RawHealth): void {
    const session = this.#session;
    if (session === undefined || !this.#met) return;
    const { asked, down, motors } = session;
    asked.answered(joint);
    if (!motors.isOn(joint) && down[joint] === 1 && errors === 0) void this.#bringAgain(session);
    if (!motors.isOn(joint) || (torque && !watchdogTripped)) return;
    motors.lost(joint);
    down[joint] = 1;
    const why =
      errors !== 0 ? errorNames(this.#options.family.errorBits, errors) : "no reason given; was its power off?";
    this.#report(
      watchdogTripped ? `${name}: stopped by its own watchdog: the bus was silent` : `${name}: lost its torque: ${why}`,
    );
  }
}
