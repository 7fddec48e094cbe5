/** What an emulated bus can be reached by; "auto": a pseudo-terminal where there is a socat to make it, else TCP. */
export const CARRIERS = ["auto", "pty", "tcp"] as const;
export type Carrier = (typeof CARRIERS)[number];
