/** Whether a TCP endpoint of ZeroMQ's is on this machine alone. Throws when it is no such endpoint. */
export function isLoopback(endpoint: string): boolean {
  const host = /^tcp:\/\/(.+):(\d+|\*)$/.exec(endpoint)?.[1];
  if (host === undefined) throw new Error(`expected an endpoint like tcp://127.0.0.1:5556, found "${endpoint}"`);
  return host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host);
}
