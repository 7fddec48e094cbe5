const ENDPOINT = /^(tcp|nats):\/\/(.+):(\d+|\*)$/;

/** Whether an endpoint, ZeroMQ's or a NATS server's, is on this machine alone. Throws when it is none. */
export function isLoopback(endpoint: string): boolean {
  const host = ENDPOINT.exec(endpoint)?.[2];
  if (host === undefined) {
    throw new Error(`expected an endpoint like tcp://127.0.0.1:5556 or nats://127.0.0.1:4222, found "${endpoint}"`);
  }
  return host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whether a NATS server stands between robot and learner. */
export function isNats(endpoint: string): boolean {
  return endpoint.startsWith("nats://");
}
