import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** Options of a command by name; "text" takes a value, "flag" none. */
export type OptionTable = Readonly<Record<string, "text" | "flag">>;

export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
  /** Settings replaced by `--group.name=value`, in the order given. */
  readonly overrides: readonly (readonly [path: string, text: string])[];
}

/** Splits a command's arguments. Dotted names are settings and go to `overrides`; any other must be in `table`. */
export function parseArguments(command: string, argv: readonly string[], table: OptionTable): Arguments {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, kind]) => [name, { type: kind === "text" ? "string" : "boolean" } as const]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const positionals: string[] = [];
  const values: Record<string, string | undefined> = {};
  const flags = new Set<string>();
  const overrides: [string, string][] = [];
  let pending: string | undefined;
  for (const token of tokens) {
    if (pending !== undefined) {
      if (token.kind !== "positional") throw missingValue(command, pending);
      overrides.push([pending, token.value]);
      pending = undefined;
    } else if (token.kind === "positional") positionals.push(token.value);
    else if (token.kind === "option-terminator") continue;
    else if (token.name.includes(".") && token.rawName.startsWith("--")) {
      if (token.value === undefined) pending = token.name;
      else overrides.push([token.name, token.value]);
    } else {
      const kind = Object.hasOwn(table, token.name) && token.rawName.startsWith("--") ? table[token.name] : undefined;
      if (kind === undefined) {
        const known = Object.keys(table).map((name) => `--${name}`);
        throw new UsageError(`${command}: expected one of ${known.join(", ")}, found ${token.rawName}`);
      }
      if (kind === "text" && (!token.value || (!token.inlineValue && token.value.startsWith("--")))) {
        throw missingValue(command, token.name, token.value);
      }
      if (kind === "flag" && token.value !== undefined) {
        throw new UsageError(`${command}: expected no value after ${token.rawName}, found "${token.value}"`);
      }
      if (kind === "flag") flags.add(token.name);
      else values[token.name] = token.value;
    }
  }
  if (pending !== undefined) throw missingValue(command, pending);
  return { positionals, values, flags, overrides };
}

function missingValue(command: string, name: string, found = ""): UsageError {
  return new UsageError(`${command}: expected a value after --${name}, found ${found || "none"}`);
}

/** Exactly the positionals a command names, as in `teach <robot>`. */
export function expectPositionals(command: string, names: readonly string[], { positionals }: Arguments): string[] {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${command}: expected <${missing}>, found nothing`);
  const extra = positionals[names.length];
  if (extra !== undefined) throw new UsageError(`${command}: expected no more arguments, found "${extra}"`);
  return [...positionals];
}

/** A whole number in [min, max]. */
export function wholeNumber(
  command: string,
  name: string,
  text: string,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min || value > max || text.trim() === "") {
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
    throw new UsageError(`${command}: expected a whole number ${range} after --${name}, found "${text}"`);
  }
  return value;
}

/** A TCP endpoint as ZeroMQ writes it, or a NATS server's. */
export function endpoint(command: string, name: string, text: string): string {
  const port = Number(/^(?:tcp|nats):\/\/[^\s/@]+:(\d{1,5})$/.exec(text)?.[1] ?? 0);
  if (port < 1 || port > 65535) {
    const found = text.includes("@") ? "one with an @; credentials belong into a file" : `"${text}"`;
    throw new UsageError(
      `${command}: expected --${name} to look like tcp://127.0.0.1:5556 or nats://127.0.0.1:4222, found ${found}`,
    );
  }
  return text;
}
