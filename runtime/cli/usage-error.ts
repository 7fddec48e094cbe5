/** The command was typed wrongly: exit code 2, and a hint where to read on. */
export class UsageError extends Error {}
