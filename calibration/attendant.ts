/** Whoever is at the machine, and what shows them how it goes. */
export interface Attendant {
  /** Nobody presses Enter: a step is over when what it waits for has happened. */
  readonly handsFree: boolean;
  /** What to do now, or what was found. */
  say(line: string): void;
  /** Live values; replaces the picture before. Empty: none any more. */
  show(picture: readonly string[]): void;
  /** Whether Enter was pressed since it was last asked. */
  confirmed(): boolean;
}
