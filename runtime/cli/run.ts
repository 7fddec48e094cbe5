import { attend } from "./attend.ts";
import type { KeeperOptions } from "./keeper.ts";
import type { Controls } from "./keyboard/controls.ts";
import { RunDirectory } from "./run-directory.ts";
import type { Screen } from "./screen.ts";
import { type Resolved, resolveSettings } from "./settings.ts";
import { summary } from "./summary.ts";

type PartOptions = Omit<KeeperOptions, "note">;

export interface RunOptions<T extends object> {
  readonly path: string;
  readonly defaults: T;
  readonly typed: readonly (readonly [path: string, text: string])[];
  /** Throws on settings that this run cannot have. */
  readonly check: (resolved: Resolved<T>) => void;
  readonly screen: (settings: T) => Screen;
  /** The processes of the run, in the order in which they start. */
  readonly parts: (settings: T, screen: Screen) => readonly PartOptions[];
  /** Where the run has a robot. */
  readonly controls?: Controls;
  /** What starts the run again. */
  readonly command: string;
}

/** One run from its directory being opened to its last words. Resolves to the exit code. */
export async function run<T extends object>(options: RunOptions<T>): Promise<number> {
  const { path, defaults, typed, check, parts, command } = options;
  const directory = new RunDirectory(path);
  try {
    const resolved = resolveSettings(defaults, directory.readConfig(), typed, path);
    check(resolved);
    directory.writeConfig(resolved.file);
    directory.recordChanges(resolved.changes);
    const screen = options.screen(resolved.settings);
    screen.say([...directory.notes, ...resolved.notes]);
    const note = (text: string) => screen.note(text);
    const failure = await attend(
      parts(resolved.settings, screen).map((part) => ({ ...part, note })),
      screen,
      options.controls,
    );
    const { robot, learner } = screen.view;
    const began = (robot?.sequence ?? learner?.steps ?? 0) > 0;
    await screen.finish(began || failure === undefined ? summary(screen.view, command) : []);
    if (failure !== undefined) throw new Error(failure);
    return 0;
  } finally {
    directory.close();
  }
}
