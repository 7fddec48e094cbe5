/** How many updates a learner owes for the steps it has received: it throttles itself, never the robot. */

export interface RatioSettings {
  /** Steps before the first update. */
  readonly fill: number;
  /** Updates owed at once when learning starts. */
  readonly pretrain: number;
  /** Updates per step after `fill`. */
  readonly ratio: number;
  /** Most updates ever owed, what is left of `pretrain` aside. */
  readonly burst: number;
}

/** Counts only, so that an account goes on exactly where a checkpoint left it. */
export interface Account {
  readonly steps: number;
  /** Steps after `fill` that earn nothing. */
  readonly skipped: number;
  readonly updates: number;
  /** Updates given up because more than `burst` were owed. */
  readonly forgiven: number;
}

export const NEW_ACCOUNT: Account = { steps: 0, skipped: 0, updates: 0, forgiven: 0 };

/** Keeps 0.2 · 5 from being just below 1. */
const ROUNDING = 1e-6;

function earned({ steps, skipped }: Account, { fill, pretrain, ratio }: RatioSettings): number {
  return steps < fill ? 0 : pretrain + Math.floor((steps - fill - skipped) * ratio + ROUNDING);
}

/** Updates to make now: a whole number, never negative. */
export function owed(account: Account, settings: RatioSettings): number {
  return Math.max(0, earned(account, settings) - account.forgiven - account.updates);
}

/** The account after `count` more steps; what exceeds `burst` is forgiven. */
export function receive(account: Account, count: number, settings: RatioSettings): Account {
  const next = { ...account, steps: account.steps + count };
  const limit = settings.burst + Math.max(0, settings.pretrain - next.updates);
  return { ...next, forgiven: next.forgiven + Math.max(0, owed(next, settings) - limit) };
}

/** The account after `count` steps that earn no updates: steps found in the log after the checkpoint they follow. */
export function skip(account: Account, count: number, { fill }: RatioSettings): Account {
  const beyond = Math.max(0, account.steps + count - Math.max(fill, account.steps));
  return { ...account, steps: account.steps + count, skipped: account.skipped + beyond };
}

export function spend(account: Account): Account {
  return { ...account, updates: account.updates + 1 };
}

/** Whether the updates that come before the first policy are done. */
export function pretrained(account: Account, { fill, pretrain }: RatioSettings): boolean {
  return account.steps >= fill && account.updates >= Math.max(1, pretrain);
}

/** Steps until the next one that earns an update, at least 1, at most `limit`. */
export function stepsToNextUpdate(account: Account, settings: RatioSettings, limit: number): number {
  const now = earned(account, settings);
  for (let count = 1; count < limit; count++) {
    if (earned({ ...account, steps: account.steps + count }, settings) > now) return count;
  }
  return limit;
}
