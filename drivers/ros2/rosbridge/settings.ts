/** Every number of the connection to a rosbridge server. */
export const ROSBRIDGE_DEFAULTS = {
  /** How subscriptions come: "cbor-raw", the message's own CDR; or "cbor", for servers that do not know the former. */
  compression: "cbor-raw" as string,
  /** At least so long between two messages of a topic, ms; 0: every one. The server leaves out those between. */
  throttleMs: 0,
  /** Messages of a topic the server keeps for us while we do not take them; 1: the newest. */
  queueLength: 1,
  /** How long connecting may take. */
  connectMs: 3000,
  /** Pause before connecting anew; doubles with each failure in a row. */
  backoffMs: 100,
  backoffMaxMs: 2000,
  /** A silent server is pinged so often, and connected to anew when it has said nothing for `silentMs`. */
  pingMs: 500,
  silentMs: 2000,
  /** Nothing is published while more waits to be sent: a robot must not get late commands in a burst. */
  mostWaitingBytes: 65_536,
};

export type RosbridgeSettings = typeof ROSBRIDGE_DEFAULTS;
